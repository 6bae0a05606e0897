export interface TextPart {
  readonly text: string;
  /** True for a piece that names the commit. */
  readonly isCommit: boolean;
}

/** A sentence cut where it names the commit by at least seven digits of its id, so that the page can mark it. */
export function markCommits(text: string, sha: string | null): readonly TextPart[] {
  if (sha === null) return [{ text, isCommit: false }];
  return text
    .split(/\b([0-9a-f]{7,64})\b/)
    .map((part) => ({ text: part, isCommit: part.length >= 7 && sha.startsWith(part) }))
    .filter((part) => part.text !== "");
}
