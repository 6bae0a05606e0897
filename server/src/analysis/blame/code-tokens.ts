/** How a language is read: what is a comment, which quotes mean the same, and whether lines and indentation carry meaning. */
export type Dialect = "script" | "braces" | "python";

/** A word or sign of a program that its layout does not change. */
export interface CodeToken {
  /** How it is compared: equal for spellings that mean the same. */
  key: string;
  readonly kind: "word" | "number" | "text" | "template" | "sign" | "break";
  /** Its line's index in what was read. */
  readonly line: number;
}

const dialects: readonly (readonly [RegExp, Dialect])[] = [
  [/\.(?:jsx?|mjs|cjs|tsx?|mts|cts)$/i, "script"],
  [/\.(?:java|kts?|cs|c|h|cc|cpp|cxx|hpp|hh|go|rs|swift|scala|php|dart|groovy)$/i, "braces"],
  [/\.pyi?$/i, "python"],
];

/** How a file is read, by the end of its name; null for languages whose layout is not known to be free. */
export function dialectOf(path: string): Dialect | null {
  return dialects.find(([end]) => end.test(path))?.[1] ?? null;
}

const spaces = /[^\S\n]+/y;
const comments = { script: /\/\/[^\n]*|\/\*[\s\S]*?\*\//y, braces: /\/\/[^\n]*|\/\*[\s\S]*?\*\//y, python: /#[^\n]*/y };
const texts = {
  script: /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y,
  braces: /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[^\n][^'\n]{0,8})'|`[^`]*`/y,
  python: /[rbuf]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*")/iy,
};
const number =
  /(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)[a-zA-Z]*/y;
const word = /[#@]?[\p{L}\p{Nl}_$][\p{L}\p{Nl}\p{Mn}\p{Nd}_$]*/uy;
const sign =
  />>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|&&=|\|\|=|\?\?=|=>|->|::|:=|\+\+|--|&&|\|\||\?\?|\?\.|==|!=|<=|>=|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|\*\*|<<|[^\s]/uy;
const regex = /\/(?:[^/\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+\/[a-z]*/y;
const beforeRegex = /^(?:return|typeof|case|in|of|do|else|void|delete|throw|new|instanceof|await|yield)$/;

/**
 * Reads a stretch of a program into its words and signs, comments and spaces left out. Never throws: what does not end within the
 * stretch is read sign by sign, and the stretch may begin in the middle of anything.
 */
export function codeTokens(text: string, dialect: Dialect): CodeToken[] {
  const found: CodeToken[] = [];
  let [at, line, depth] = [0, 0, 0];
  const indents: number[] = [];
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  const pass = (part: string) => {
    at += part.length;
    for (const char of part) if (char === "\n") line += 1;
  };
  const add = (kind: CodeToken["kind"], part: string, key: string) => {
    found.push({ kind, key, line });
    pass(part);
  };
  while (at < text.length) {
    const isLineStart = at === 0 || text[at - 1] === "\n";
    if (dialect === "python" && isLineStart && depth === 0) markIndent(text, at, line, indents, found);
    const last = found.at(-1);
    const skipped = take(spaces) ?? (text[at] === "\n" ? "\n" : null) ?? take(comments[dialect]);
    if (skipped !== null) {
      pass(skipped);
      continue;
    }
    const quoted = take(texts[dialect]);
    if (quoted !== null) {
      add("text", quoted, textKey(quoted, dialect));
      continue;
    }
    const template = dialect === "script" && text[at] === "`" ? templateAt(text, at) : null;
    if (template !== null) {
      const isPlain = !template.includes("${") && !template.includes("\n") && last?.kind !== "word";
      add(isPlain ? "text" : "template", template, isPlain ? textKey(template, dialect) : template);
      continue;
    }
    const figure = /[.\d]/.test(text[at] ?? "") ? take(number) : null;
    if (figure !== null) {
      add("number", figure, numberKey(figure, dialect));
      continue;
    }
    const name = take(word);
    if (name !== null) {
      add("word", name, name);
      continue;
    }
    const isOperand =
      last !== undefined && (last.kind === "word" ? !beforeRegex.test(last.key) : /[\w)\]}"'`]$/.test(last.key));
    const pattern = dialect === "script" && text[at] === "/" && !isOperand ? take(regex) : null;
    if (pattern !== null) {
      add("text", pattern, pattern);
      continue;
    }
    const one = take(sign) ?? text[at] ?? " ";
    if (/^[([{]$/.test(one)) depth += 1;
    else if (/^[)\]}]$/.test(one)) depth = Math.max(0, depth - 1);
    if (one === "\\" && dialect === "python" && text[at + 1] === "\n") {
      // The next line goes on with this one.
      pass("\\\n");
      const indent = take(spaces);
      if (indent !== null) pass(indent);
    } else add("sign", one, one);
  }
  return found;
}

/** Where lines and indentation carry meaning, both are tokens: a new line, and each step in or out, however wide. */
function markIndent(text: string, at: number, line: number, indents: number[], found: CodeToken[]): void {
  const margin = /[ \t]*/y;
  margin.lastIndex = at;
  const space = margin.exec(text)?.[0] ?? "";
  if (/^[\n\r#]?$/.test(text[at + space.length] ?? "")) return;
  const width = space.replace(/\t/g, "    ").length;
  const push = (key: string) => found.push({ kind: "break", key, line });
  push("line");
  if (indents.length === 0) indents.push(width);
  while (width < (indents.at(-1) ?? 0)) {
    indents.pop();
    push("out");
  }
  if (width > (indents.at(-1) ?? -1)) {
    if (indents.length > 0) push("in");
    indents.push(width);
  }
}

/** A template from its first backtick to its last, or null where it does not end. */
function templateAt(text: string, from: number): string | null {
  let depth = 0;
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at];
    if (char === "\\") at += 1;
    else if (depth === 0 && char === "`") return text.slice(from, at + 1);
    else if (char === "$" && text[at + 1] === "{") {
      depth += 1;
      at += 1;
    } else if (depth > 0 && char === "{") depth += 1;
    else if (depth > 0 && char === "}") depth -= 1;
    else if (depth > 0 && char === "`") {
      const inner = templateAt(text, at);
      if (inner === null) return null;
      at += inner.length - 1;
    }
  }
  return null;
}

function textKey(text: string, dialect: Dialect): string {
  if (dialect === "braces") return text;
  const parts = /^([a-z]*)("""|'''|["'`])([\s\S]*)\2$/i.exec(text);
  const [, prefix = "", quote = "", inner = text] = parts ?? [];
  if (quote.length === 3) return text;
  return `${prefix.toLowerCase()}"${inner.replace(/\\(["'`])|"/g, (_, escaped: string | undefined) => escaped ?? '"')}"`;
}

function numberKey(text: string, dialect: Dialect): string {
  const plain = text.toLowerCase().replaceAll("_", "");
  // In other languages 1 and 1.0 are of different types; 017 is octal in some.
  const isFree = dialect === "script" ? !/^0\d/.test(plain) : /^0x[\da-f]+$/.test(plain);
  const value = isFree ? Number(plain) : Number.NaN;
  return Number.isNaN(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)) ? plain : String(value);
}
