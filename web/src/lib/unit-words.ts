/** A unit as people write it, null for a bare number: UCUM's `1` and `{request}` only say what is counted, `By` are bytes. */
export function unitWords(unit: string | null): string | null {
  if (unit === null || unit === "" || unit === "1") return null;
  return unit.replace(/^By/, "B").replace(/[{}]/g, "");
}
