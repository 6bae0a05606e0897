/** What the text of a file tells about one failing line, without a parser, so that it works for every language. */
export interface SourceContext {
  /** Lines of the innermost block of a function around the line, both included. */
  readonly functionFirst: number;
  readonly functionLast: number;
  /** Names used on the failing line, rarest in the file first. */
  readonly names: readonly string[];
}

/** A stretch of a file that defines a name. */
export interface Definition {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

const commonNames = new Set(
  (
    "if else for while do switch case default break continue return function var let const class new delete typeof instanceof in of this self super null undefined true false " +
    "try catch finally throw async await yield import export from require module exports def elif except raise pass lambda None True False not and or is with as public private " +
    "protected static final void int long double float boolean string number object any String Number Object Array Boolean Math JSON Date Error Promise console log length push map " +
    "filter forEach indexOf slice join split replace prototype call apply bind toString value key name data err error cb callback fn arg args i j k e t"
  ).split(" "),
);

const functionStart =
  /\bfunction\b|=>\s*[{(]?\s*$|^\s*(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:static\s+)?(?:get\s+|set\s+)?[\w$#]+\s*\([^)]*\)\s*(?::\s*[^={]+)?\{\s*$|^\s*(?:async\s+)?def\s+\w+|^\s*(?:public|private|protected|static|final|abstract|synchronized|\s)+[\w<>[\],.\s]+\s+\w+\s*\([^)]*\)[^;]*\{?\s*$/;
const controlStart = /^\s*\}?\s*(?:if|for|while|switch|catch|else|do|try|with|finally)\b/;

/** Spaces before the text of a line, a tab counting as four; -1 for a blank line. */
export function indentOf(line: string): number {
  let width = 0;
  for (const char of line) {
    if (char === " ") width += 1;
    else if (char === "\t") width += 4;
    else return char === "\r" ? -1 : width;
  }
  return -1;
}

/** The last line of the block that begins at `first` (index from 0): the first line back at its indentation closes it. */
export function blockEnd(lines: readonly string[], first: number): number {
  const outer = indentOf(lines[first] ?? "");
  let last = first;
  for (let at = first + 1; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const indent = indentOf(line);
    if (indent < 0) continue;
    if (indent < outer) break;
    if (indent === outer) {
      if (/^\s*[)\]}]/.test(line)) last = at;
      break;
    }
    last = at;
  }
  return last;
}

/** Names on a line of code, strings and comments left out. */
export function namesOf(line: string): string[] {
  const code = line.replace(/\/\/.*$|\/\*.*?\*\/|#\s.*$/g, " ").replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, " ");
  return [...new Set(code.match(/[A-Za-z_$][\w$]*/g) ?? [])].filter(
    (name) => name.length > 1 && !commonNames.has(name),
  );
}

function escapeName(name: string): string {
  return name.replace(/[$]/g, "\\$");
}

/** The lines of a function around `line`, by indentation; the whole file where the line is at the outermost level. */
export function enclosingFunction(lines: readonly string[], line: number): { first: number; last: number } {
  let indent = indentOf(lines[line - 1] ?? "");
  if (functionStart.test(lines[line - 1] ?? "") && !controlStart.test(lines[line - 1] ?? "")) {
    return { first: line, last: blockEnd(lines, line - 1) + 1 };
  }
  for (let at = line - 2; at >= 0; at--) {
    const text = lines[at] ?? "";
    const here = indentOf(text);
    if (here < 0) continue;
    if (indent < 0) indent = here + 1;
    if (here >= indent) continue;
    indent = here;
    if (functionStart.test(text) && !controlStart.test(text)) {
      const last = blockEnd(lines, at) + 1;
      if (last >= line) return { first: at + 1, last };
    }
    if (here === 0) break;
  }
  return { first: Math.max(1, line - 10), last: Math.min(lines.length, line + 10) };
}

/** Where each name is defined in the file: function, class, variable, property or method. At most twelve places. */
export function definitionsOf(
  lines: readonly string[],
  names: readonly string[],
  notIn: { first: number; last: number },
): readonly Definition[] {
  const found: Definition[] = [];
  for (const name of names) {
    const own = escapeName(name);
    const definition = new RegExp(
      `(?:\\b(?:function\\*?|class|def|const|let|var|interface|type|enum|struct|func|fn)\\s+${own}(?![\\w$]))|(?:(?:^|[\\s.{,])${own}\\s*[:=]\\s*(?:async\\s*)?(?:function|\\(|\\{|\\[|[\\w$]+\\s*=>))|(?:^\\s*(?:async\\s+|static\\s+|get\\s+|set\\s+|public\\s+|private\\s+)*${own}\\s*\\([^)]*\\)\\s*(?::[^{]+)?\\{\\s*$)`,
    );
    for (let at = 0; at < lines.length && found.length < 12; at++) {
      const text = lines[at] ?? "";
      if (text.length > 1000 || !text.includes(name) || !definition.test(text)) continue;
      if (at + 1 >= notIn.first && at + 1 <= notIn.last && at + 1 === notIn.first) continue;
      found.push({ name, first: at + 1, last: Math.min(blockEnd(lines, at) + 1, at + 120) });
    }
  }
  return found;
}

/** Everything the file tells about one line. */
export function sourceContext(lines: readonly string[], line: number): SourceContext {
  const { first, last } = enclosingFunction(lines, line);
  const names = namesOf(lines[line - 1] ?? "");
  const text = lines.join("\n");
  const rarity = new Map(names.map((name) => [name, text.split(name).length]));
  const sorted = [...names].sort((a, b) => (rarity.get(a) ?? 0) - (rarity.get(b) ?? 0));
  return { functionFirst: first, functionLast: last, names: sorted };
}
