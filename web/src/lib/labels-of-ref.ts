/** The labels that a series was asked by, as its reference names them: `route=GET /cart`; empty where it was all of a metric. */
export function labelsOfRef(ref: string): string {
  const start = ref.indexOf("?");
  if (start === -1) return "";
  return [...new URLSearchParams(ref.slice(start + 1))]
    .filter(([name]) => name.startsWith("label."))
    .map(([name, value]) => `${name.slice("label.".length)}=${value}`)
    .join(" ");
}
