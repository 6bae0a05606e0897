export const sizeLabels = ["size: S", "size: M", "size: L", "size: XL"] as const;
export type SizeLabel = (typeof sizeLabels)[number];

/** The document's sizes: fewer than 10 changed lines S, than 100 M, than 500 L, else XL. */
export function sizeLabelOf(linesChanged: number): SizeLabel {
  if (linesChanged < 10) return "size: S";
  if (linesChanged < 100) return "size: M";
  return linesChanged < 500 ? "size: L" : "size: XL";
}
