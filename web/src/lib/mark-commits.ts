export interface TextPart {
  readonly text: string;
  /** `commit` names the commit that is marked, `code` stood between backticks. */
  readonly kind: "plain" | "commit" | "code";
}

/**
 * A sentence in pieces: where it names the commit by at least seven digits of its id, so that the page can mark it, and
 * where it quotes code between backticks, which are left out.
 */
export function markCommits(text: string, sha: string | null): readonly TextPart[] {
  return text
    .split(/(`[^`\n]+`|\b[0-9a-f]{7,64}\b)/)
    .filter((part) => part !== "")
    .map((part) => {
      if (part.length > 2 && part.startsWith("`") && part.endsWith("`"))
        return { text: part.slice(1, -1), kind: "code" };
      const isCommit = sha !== null && part.length >= 7 && sha.startsWith(part);
      return { text: part, kind: isCommit ? "commit" : "plain" };
    });
}

/** A clause as a sentence of its own: its first letter large, unless it begins with a commit id, with code or with a repository's name. */
export function asSentence(clause: string): string {
  if (!/^[a-z]/.test(clause) || /^([0-9a-f]{7,}\b|\S+[/#])/.test(clause)) return clause;
  return clause.charAt(0).toUpperCase() + clause.slice(1);
}
