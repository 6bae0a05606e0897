/** The invisible comment by which a text that Culprit wrote is found again. */
export function withMarker(body: string, marker: string): string {
  return `${body}\n\n${tagOf(marker)}`;
}

export function hasMarker(body: string | null | undefined, marker: string): boolean {
  return body?.includes(tagOf(marker)) ?? false;
}

/** `--` would end the comment early, so a key's own are written otherwise. */
function tagOf(marker: string): string {
  return `<!-- culprit:${marker.replaceAll(/[^\w.:/#@-]/g, "_").replaceAll("--", "- -")} -->`;
}

/** Whether Culprit wrote a text itself, or somebody wants it to be taken for that. */
export function hasAnyMarker(body: string): boolean {
  return /<!--\s*culprit:/i.test(body);
}
