const anonymous = "<anonymous>";
const nameless = new Set([
  "",
  "?",
  "anonymous",
  "Anonymous function",
  "<unknown>",
  "<anonymous>",
  "<module>",
  "<global>",
  "(anonymous)",
  "unknown",
  "global code",
  "module code",
  "eval code",
]);

/**
 * A function's own name: without `async`, `new`, the receiver, V8's alias (`[as total]`), compiler numbering and generics.
 * `Object.<anonymous>`, `?` and nothing are all `<anonymous>`, because SDKs differ in what they call a function without a name.
 */
export function normalizeFunction(name: string): string {
  let bare = name.slice(0, 512).trim();
  const alias = bare.indexOf(" [as ");
  if (alias !== -1) bare = bare.slice(0, alias);
  while (/^(?:async |new |get |set |static )/.test(bare)) bare = bare.slice(bare.indexOf(" ") + 1);
  const paren = bare.indexOf("(");
  if (paren > 0) bare = bare.slice(0, paren);
  if (/\/<?$/.test(bare) || bare.endsWith("<")) return anonymous;
  const own = lastName(bare.trim())
    .replace(/(?:\$\d+)+$/, "")
    .replace(/^#/, "");
  return nameless.has(own) ? anonymous : own;
}

function lastName(name: string): string {
  if (name.endsWith("]")) {
    const bracket = name.lastIndexOf("[");
    return name.slice(bracket);
  }
  const separator = Math.max(
    name.lastIndexOf("."),
    name.lastIndexOf(":"),
    name.lastIndexOf("\\"),
    name.lastIndexOf("/"),
  );
  return name.slice(separator + 1);
}
