/** The first eight digits of a commit id, as people quote it. */
export function shortSha(sha: string): string {
  return sha.slice(0, 8);
}
