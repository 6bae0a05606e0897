/** A sentence and what it rests on. */
export interface Claim {
  readonly text: string;
  readonly evidenceIds: readonly string[];
}

export interface Cited {
  readonly claims: readonly Claim[];
  /** What was struck out and why, each a sentence. */
  readonly struckOut: readonly string[];
}

/**
 * The claims that rest on something that the model was shown. `labels` leads from what the prompt called a piece of evidence to its
 * id. Labels that nobody gave are struck out; a claim without any evidence goes whole, because a claim without evidence is not shown.
 */
export function citeClaims(
  claims: readonly { readonly text: string; readonly evidence: readonly string[] }[],
  labels: ReadonlyMap<string, string>,
): Cited {
  const struckOut: string[] = [];
  const kept = claims.flatMap(({ text, evidence }): Claim[] => {
    const named = [...evidence, ...[...text.matchAll(/\[(E\d{1,3}|evd_\w+)\]/g)].map(([, label = ""]) => label)].map(
      (label) => label.replace(/^\[|\]$/g, "").trim(),
    );
    const unknown = [...new Set(named.filter((label) => !labels.has(label)))];
    const known = [...new Set(named.flatMap((label) => labels.get(label) ?? []))];
    if (unknown.length > 0)
      struckOut.push(`It cited ${unknown.slice(0, 5).map(shorten).join(", ")}, which it was not shown.`);
    if (known.length > 0)
      return [
        {
          text: text.replace(/\s*\[(?:E\d{1,3}|evd_\w+)(?:,\s*(?:E\d{1,3}|evd_\w+))*\]/g, "").trim(),
          evidenceIds: known,
        },
      ];
    struckOut.push(`“${text.slice(0, 120)}” rested on no evidence.`);
    return [];
  });
  return { claims: kept, struckOut };
}

function shorten(label: string): string {
  return label.length > 40 ? `${label.slice(0, 39)}…` : label;
}
