/**
 * The branch of a pull request: the same for the same incident, so that a second try finds what the first one pushed; one
 * that was closed or merged before leaves its name behind, and the next has a number.
 */
export function nameBranch(incident: string, earlier: number): string {
  return `culprit/${incident.replaceAll("_", "-")}${earlier === 0 ? "" : `-${earlier + 1}`}`;
}
