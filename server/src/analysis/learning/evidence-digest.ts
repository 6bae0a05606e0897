interface Digested {
  readonly inspection: string;
  readonly weight: number;
  readonly evidence: { readonly ref: string };
  readonly feature?: string;
  readonly pattern?: string;
}

/**
 * A short digest of what spoke for a conclusion, so that the same conclusion on the same evidence is recognised. Numbers and windows are left out, because
 * they move with every minute; what was looked at and what kind of thing was seen stays. What people said, and what the critic said, is no
 * evidence of its own. FNV-1a in two halves: for recognition, not for security.
 */
export function evidenceDigest(findings: readonly Digested[]): string {
  const parts = findings
    .filter(({ weight, inspection }) => weight > 0 && inspection !== "learned" && !inspection.startsWith("critic:"))
    .map(({ inspection, feature, pattern, evidence }) =>
      [inspection, feature ?? "", pattern ?? "", evidence.ref.replace(/[?#].*$/, "").replace(/\d{6,}/g, "n")].join(" "),
    );
  const text = [...new Set(parts)].sort().join("\n");
  return half(text, 0x811c9dc5) + half(text, 0x9747b28c);
}

function half(text: string, seed: number): string {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
