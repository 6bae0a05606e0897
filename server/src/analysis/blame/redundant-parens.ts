import type { CodeToken, Dialect } from "./code-tokens.ts";

/** How tightly an operator binds, by JavaScript's table; looser first. */
const binding = new Map<string, number>(
  [
    "=> yield = += -= *= /= %= **= <<= >>= >>>= &= |= ^= &&= ||= ??=",
    "? :",
    "?? ||",
    "&&",
    "|",
    "^",
    "&",
    "== != === !==",
    "< > <= >= in instanceof as satisfies",
    "<< >>",
    "+ -",
    "* / %",
    "**",
  ].flatMap((operators, rank) => operators.split(" ").map((operator): [string, number] => [operator, rank + 2])),
);
const [loosest, unary, construct, member] = [1, 15, 16, 17];
const prefix = /^(?:typeof|void|delete|await|!|~|\+|-|\+\+|--)$/;
const beforeOperand = /^(?:return|throw|case|of|yield|in|instanceof|typeof|void|delete|await|as|satisfies)$/;

/**
 * Whether a pair of parentheses groups what would be read so without them. JavaScript's operators are weighed; elsewhere only the pair
 * around a whole value counts. When in doubt they matter.
 */
export function isRedundant(
  tokens: readonly CodeToken[],
  partner: ReadonlyMap<number, number>,
  open: number,
  dialect: Dialect,
): boolean {
  const close = partner.get(open);
  const [left, start, first] = [tokens[open - 1], tokens[open], tokens[open + 1]];
  if (close === undefined || close === open + 1 || left === undefined || start === undefined || first === undefined)
    return false;
  const right = tokens[close + 1];
  if (dialect === "script" && right?.key === "=>")
    return close === open + 2 && first.kind === "word" && mayGoBare(left);
  const inside = looseness(tokens, partner, open, close);
  if (inside < loosest) return false;
  const end = tokens[close]?.line ?? 0;
  const isEnd = right === undefined ? false : isEndAt(right, end);
  if (dialect !== "script") {
    const isWhole = left.kind === "word" ? left.key === "return" : /^(?:[(,[=]|[+\-*/]=|:=|=>)$/.test(left.key);
    return isWhole && isEnd && !(dialect === "python" && hasClause(tokens, partner, open, close));
  }
  const outside = looseLeft(tokens, open, left, start, first);
  if (outside === null || inside <= outside) return false;
  if (isEnd) return true;
  if (right === undefined || right.kind === "template") return false;
  if (/^(?:[.[(]|\?\.)$/.test(right.key)) {
    const chained = tokens.slice(open, close).some((token) => token.key === "?.");
    return inside >= member && first.kind !== "number" && !chained;
  }
  const level = binding.get(right.key);
  if (level === undefined || level === 2) return false;
  return right.key === "?" || right.key === "**" ? inside > level : inside >= level;
}

function mayGoBare(left: CodeToken): boolean {
  return left.kind === "sign" || left.key === "async" || left.key === "return" || left.key === "default";
}

function isEndAt(right: CodeToken, line: number): boolean {
  if (right.kind === "break" || /^[)\],;}:]$/.test(right.key)) return true;
  // A line that begins with a word or a value begins a statement.
  return right.line > line && right.kind !== "sign" && right.kind !== "template" && !binding.has(right.key);
}

/** How loosely what stands left of the parentheses binds; null where they are a call's, a header's or begin a statement. */
function looseLeft(
  tokens: readonly CodeToken[],
  open: number,
  left: CodeToken,
  start: CodeToken,
  first: CodeToken,
): number | null {
  if (left.kind === "word") {
    if (left.key === "return" || left.key === "throw") return left.line === start.line ? loosest : null;
    if (left.key === "case" || left.key === "of" || left.key === "yield") return loosest;
    if (/^(?:typeof|void|delete|await)$/.test(left.key)) return unary;
    return binding.get(left.key) ?? null;
  }
  if (left.kind !== "sign" || left.key === ">") return null;
  if (left.key === "=>") return first.key === "{" ? null : loosest;
  if (/^(?:[([,?:]|\.\.\.)$/.test(left.key) || binding.get(left.key) === 2) return loosest;
  if (left.key === "!" || left.key === "~") return unary;
  const level = binding.get(left.key);
  if (level === undefined) return null;
  return isOperand(tokens[open - 2]) ? level : unary;
}

/** How loosely the loosest operator between two parentheses binds; 0 for a comma. */
function looseness(
  tokens: readonly CodeToken[],
  partner: ReadonlyMap<number, number>,
  open: number,
  close: number,
): number {
  let loose = member + 1;
  for (let at = open + 1; at < close; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    const isFirst = !isOperand(tokens[at - 1]) || at === open + 1;
    if (token.key === "," || token.key === ";" || token.kind === "break") return 0;
    if (token.key === "new") loose = Math.min(loose, construct);
    else if (isFirst && prefix.test(token.key)) loose = Math.min(loose, unary);
    else if (token.kind === "word" || token.kind === "sign") loose = Math.min(loose, binding.get(token.key) ?? loose);
    const end = token.kind === "sign" && /^[([{]$/.test(token.key) ? partner.get(at) : undefined;
    if (end !== undefined) at = end;
  }
  return loose;
}

function isOperand(token: CodeToken | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === "sign") return /^[)\]}]$/.test(token.key);
  return token.kind !== "word" || !beforeOperand.test(token.key);
}

/** A generator, an assignment or a `yield` is not free of its parentheses in Python. */
function hasClause(
  tokens: readonly CodeToken[],
  partner: ReadonlyMap<number, number>,
  open: number,
  close: number,
): boolean {
  for (let at = open + 1; at < close; at++) {
    const key = tokens[at]?.key ?? "";
    if (/^(?:for|yield|:=|=|lambda)$/.test(key)) return true;
    const end = /^[([{]$/.test(key) ? partner.get(at) : undefined;
    if (end !== undefined) at = end;
  }
  return false;
}
