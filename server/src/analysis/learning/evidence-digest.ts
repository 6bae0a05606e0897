interface Digested {
  readonly inspection: string;
  readonly weight: number;
  readonly evidence: { readonly ref: string };
  readonly feature?: string;
  readonly pattern?: string;
}

/** What weighs less is no reason to look at a conclusion again. */
const newWeightMin = 0.3;

/**
 * A short digest of what spoke for a conclusion, a part for each kind of it with dots between, so that what is new later can be told from what was there.
 * Numbers and windows are left out, because they move with every minute, and of telemetry which series it was, because a second line of the same
 * trouble says nothing new; what was looked at and what kind of thing was seen stays. What people said, and what the critic said, is no evidence of its own.
 */
export function evidenceDigest(findings: readonly Digested[]): string {
  return [...new Set(findings.filter(isEvidence).map(partOf))].sort().join(".");
}

/** Of what speaks for a conclusion now, that which weighs and of which `digest` held nothing. Nothing is new to a digest that was not kept. */
export function newSince<T extends Digested>(digest: string | null, findings: readonly T[]): T[] {
  if (digest === null) return [];
  const known = new Set(digest.split("."));
  return findings.filter((one) => isEvidence(one) && one.weight >= newWeightMin && !known.has(partOf(one)));
}

function isEvidence({ weight, inspection }: Digested): boolean {
  return weight > 0 && inspection !== "learned" && inspection !== "judged" && !inspection.startsWith("critic:");
}

function partOf({ inspection, feature, pattern, evidence }: Digested): string {
  const what =
    feature === undefined ? evidence.ref.replace(/[?#].*$/, "").replace(/\d{6,}/g, "n") : `${feature} ${pattern ?? ""}`;
  return hash(`${inspection} ${what}`);
}

/** FNV-1a: for recognition, not for security. */
function hash(text: string): string {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, "0");
}
