import { type CodeToken, codeTokens, type Dialect } from "./code-tokens.ts";
import { isRedundant } from "./redundant-parens.ts";

const headers = /^(?:if|while|for|with|switch|catch)$/;

/**
 * The words and signs of a stretch of code without those that a formatter puts in and takes away: semicolons that a line's end stands
 * for, trailing commas, quotes around plain keys, parentheses that change nothing. When in doubt they are kept.
 */
export function plainTokens(text: string, dialect: Dialect): CodeToken[] {
  const tokens = codeTokens(text, dialect);
  const partner = partnersOf(tokens);
  const dropped = new Set<number>();
  tokens.forEach((token, at) => {
    if (token.kind !== "sign") return;
    if (token.key === "," && isTrailingComma(tokens, partner, at, dialect)) dropped.add(at);
    if (token.key === ";" && dialect === "script" && isFreeSemicolon(tokens, partner, at)) dropped.add(at);
  });
  tokens.forEach((token, at) => {
    if (token.key !== "(" || token.kind !== "sign") return;
    const close = partner.get(at);
    if (close !== undefined && isRedundant(tokens, partner, at, dialect)) dropped.add(at).add(close);
  });
  if (dialect === "script") unquoteKeys(tokens);
  return tokens.flatMap((token, at) => {
    if (dropped.has(at)) return [];
    const next = tokens[at + 1];
    // `return` and its like end where their line ends.
    const isCut =
      dialect === "script" &&
      /^(?:return|break|continue)$/.test(token.key) &&
      next !== undefined &&
      next.line > token.line;
    return isCut && next.key !== "}" && next.key !== ";"
      ? [token, { key: "end", kind: "break" as const, line: token.line }]
      : [token];
  });
}

function partnersOf(tokens: readonly CodeToken[]): Map<number, number> {
  const partner = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach((token, at) => {
    if (token.kind !== "sign") return;
    if (/^[([{]$/.test(token.key)) open.push(at);
    else if (/^[)\]}]$/.test(token.key)) {
      const from = open.pop();
      if (from === undefined) return;
      partner.set(from, at);
      partner.set(at, from);
    }
  });
  return partner;
}

function isTrailingComma(
  tokens: readonly CodeToken[],
  partner: ReadonlyMap<number, number>,
  at: number,
  dialect: Dialect,
): boolean {
  const [before, next] = [tokens[at - 1], tokens[at + 1]];
  if (next?.kind !== "sign" || !/^[)\]}]$/.test(next.key) || before === undefined) return false;
  // `[,]` has a hole, and `(x,)` is a tuple.
  if (/^[,[({]$/.test(before.key)) return false;
  if (dialect !== "python" || next.key !== ")") return true;
  const open = partner.get(at + 1);
  if (open === undefined) return false;
  const caller = tokens[open - 1];
  return (
    (caller?.kind === "word" && !/^(?:return|in|yield|and|or|not|if|else|del|is|lambda)$/.test(caller.key)) ||
    caller?.key === ")" ||
    caller?.key === "]"
  );
}

function isFreeSemicolon(tokens: readonly CodeToken[], partner: ReadonlyMap<number, number>, at: number): boolean {
  const [before, next] = [tokens[at - 1], tokens[at + 1]];
  if (before === undefined || before.key === ";" || before.key === "else") return false;
  // Without it these would go on with the statement.
  if (next !== undefined && (/^(?:[([/+\-*.,?=<>;`]|\+\+|--|\?\.|=>)/.test(next.key) || next.kind === "template"))
    return false;
  if (before.key === ")") {
    const caller = tokens[(partner.get(at - 1) ?? 0) - 1];
    if (partner.get(at - 1) === undefined || headers.test(caller?.key ?? "")) return false;
  }
  // Semicolons of a loop's header part its three expressions.
  let depth = 0;
  for (let back = at - 1; back >= 0 && at - back < 400; back--) {
    const key = tokens[back]?.kind === "sign" ? tokens[back]?.key : "";
    if (key === ")" || key === "]" || key === "}") depth += 1;
    else if (key === "(" || key === "[" || key === "{") {
      if (depth === 0) return key === "{";
      depth -= 1;
    }
  }
  return true;
}

/** `{ "a": 1 }` and `{ a: 1 }` are the same in JavaScript. */
function unquoteKeys(tokens: readonly CodeToken[]): void {
  tokens.forEach((token, at) => {
    if (token.kind !== "text" || tokens[at + 1]?.key !== ":" || !/^[{,]$/.test(tokens[at - 1]?.key ?? "")) return;
    const name = /^"([A-Za-z_$][\w$]*)"$/.exec(token.key)?.[1];
    if (name !== undefined && name !== "__proto__") token.key = name;
  });
}
