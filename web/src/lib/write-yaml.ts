/**
 * A value as YAML in block style: what a step's form puts into a workflow's text. Texts that YAML would read as something
 * else are quoted as JSON, which YAML takes; texts of several lines are literal blocks.
 */
export function writeYaml(value: unknown, indent = 0): string {
  const pad = " ".repeat(indent);
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return value.map((item) => `${pad}- ${inList(item, indent)}`).join("\n");
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    if (entries.length === 0) return "{}";
    return entries.map(([key, entry]) => `${pad}${line(key)}:${afterKey(entry, indent)}`).join("\n");
  }
  return scalar(value, indent);
}

function inList(item: unknown, indent: number): string {
  const inner = writeYaml(item, indent + 2);
  return isBlock(item) ? inner.slice(indent + 2) : inner;
}

function afterKey(entry: unknown, indent: number): string {
  return isBlock(entry) ? `\n${writeYaml(entry, indent + 2)}` : ` ${writeYaml(entry, indent + 2)}`;
}

/** True for what stands on lines of its own. */
function isBlock(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) ? value.length > 0 : Object.values(value).some((entry) => entry !== undefined);
}

const plain = /^[A-Za-z_$/.][\w $/.{}()+*=-]*$/;
const misread = /^(?:true|false|yes|no|on|off|null|y|n|~|\.inf|\.nan)$/i;

function scalar(value: unknown, indent: number): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "null";
  if (isLiteral(value)) {
    const pad = " ".repeat(Math.max(2, indent));
    const lines = value.replace(/\n$/, "").split("\n");
    return `|${value.endsWith("\n") ? "" : "-"}\n${lines.map((line) => (line === "" ? "" : pad + line)).join("\n")}`;
  }
  return line(value);
}

function line(value: string): string {
  const isPlain = plain.test(value) && !misread.test(value) && !/\s$|: |\s#|\{(?!\{)/.test(value.replaceAll("${{", ""));
  return isPlain ? value : JSON.stringify(value);
}

/** Several lines that a literal block gives back exactly. */
function isLiteral(text: string): boolean {
  if (!text.includes("\n") || /^\s|\n\n$|[^\S\n]\n|[^\S\n]$/.test(text)) return false;
  return !/[\p{Cc}\u2028\u2029\ufeff]/u.test(text.replaceAll("\n", ""));
}
