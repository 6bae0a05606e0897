/*
 * Globs of triggers, as in GitHub's own workflow files: `*` is anything without a slash, `**` anything, `?` one character,
 * `[a-z]` one of a set, `{a,b}` either, `\` takes the next character as it is; `!` before a pattern of a list takes out again
 * what patterns before it took in. A pattern that is the value itself matches always, so `dependabot[bot]` needs no `\`.
 *
 * Patterns and values come from strangers: a pattern is run as a set of states over the value, so its time is their
 * product whatever they are, where a regular expression of `*a*a*a` can take for ever.
 */

/** What one place of a pattern takes. `span` stays where it is for any number of characters. */
type Token =
  | { readonly kind: "character"; readonly text: string }
  | { readonly kind: "any" }
  | { readonly kind: "set"; readonly isNegated: boolean; readonly ranges: readonly (readonly [string, string])[] }
  | { readonly kind: "span"; readonly crossesSlash: boolean }
  /** `**\/`: any number of whole folders, also none. */
  | { readonly kind: "folders" };

const ALTERNATIVES_MAX = 64;

/**
 * Whether the value matches the list: the last pattern that concerns it decides. A list of nothing but `!` patterns takes in
 * all that they do not take out.
 */
export function matchesGlobs(patterns: readonly string[], value: string, { ignoreCase = false } = {}): boolean {
  let isIn = patterns.length > 0 && patterns.every((pattern) => pattern.startsWith("!"));
  for (const pattern of patterns) {
    const isOut = pattern.startsWith("!");
    if (isOut !== isIn) continue;
    if (matchesGlob(isOut ? pattern.slice(1) : pattern, value, { ignoreCase })) isIn = !isOut;
  }
  return isIn;
}

/** Whether the value matches one pattern. */
export function matchesGlob(pattern: string, value: string, { ignoreCase = false } = {}): boolean {
  const [asked, seen] = ignoreCase ? [pattern.toLowerCase(), value.toLowerCase()] : [pattern, value];
  return asked === seen || alternativesOf(asked).some((one) => run(tokensOf(one), seen));
}

/** The patterns that `{a,b}` stands for; past a limit the braces are taken as they are. */
function alternativesOf(pattern: string): readonly string[] {
  let done = [pattern];
  for (;;) {
    const next = done.flatMap((one) => expandFirst(one));
    if (next.length > ALTERNATIVES_MAX) return [pattern];
    if (next.length === done.length && next.every((one, i) => one === done[i])) return done;
    done = next;
  }
}

function expandFirst(pattern: string): readonly string[] {
  for (let open = indexOfBare(pattern, "{", 0); open !== -1; open = indexOfBare(pattern, "{", open + 1)) {
    const close = indexOfBare(pattern, "}", open);
    const inner = close === -1 ? "" : pattern.slice(open + 1, close);
    if (inner.includes(",") && !inner.includes("{"))
      return inner.split(",").map((one) => pattern.slice(0, open) + one + pattern.slice(close + 1));
  }
  return [pattern];
}

function indexOfBare(text: string, character: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === character) return i;
  }
  return -1;
}

function tokensOf(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? "";
    if (character === "*") {
      let stars = 1;
      while (characters[i + 1] === "*") {
        stars += 1;
        i += 1;
      }
      const isAtStart = tokens.length === 0 || isSlash(tokens.at(-1));
      if (stars > 1 && isAtStart && characters[i + 1] === "/") {
        tokens.push({ kind: "folders" });
        i += 1;
      } else tokens.push({ kind: "span", crossesSlash: stars > 1 });
    } else if (character === "?") tokens.push({ kind: "any" });
    else if (character === "[") {
      const close = characters.indexOf("]", i + 2);
      if (close === -1) tokens.push({ kind: "character", text: character });
      else {
        tokens.push(setOf(characters.slice(i + 1, close)));
        i = close;
      }
    } else if (character === "\\" && i + 1 < characters.length) {
      i += 1;
      tokens.push({ kind: "character", text: characters[i] ?? "" });
    } else tokens.push({ kind: "character", text: character });
  }
  return tokens;
}

function setOf(inside: readonly string[]): Token {
  const isNegated = inside[0] === "!" || inside[0] === "^";
  const members = isNegated ? inside.slice(1) : inside;
  const ranges: [string, string][] = [];
  for (let i = 0; i < members.length; i++) {
    const first = members[i] ?? "";
    const last = members[i + 1] === "-" ? members[i + 2] : undefined;
    ranges.push([first, last ?? first]);
    if (last !== undefined) i += 2;
  }
  return { kind: "set", isNegated, ranges };
}

const isSlash = (token: Token | undefined) => token?.kind === "character" && token.text === "/";

/** Runs the pattern as a set of states, one step a character. */
function run(tokens: readonly Token[], value: string): boolean {
  let states = new Set<number>();
  const enter = (state: number, isAtFolder: boolean, into: Set<number>) => {
    into.add(state);
    const token = tokens[state];
    if (token?.kind === "span" || (token?.kind === "folders" && isAtFolder)) enter(state + 1, isAtFolder, into);
  };
  enter(0, true, states);
  for (const character of value) {
    const next = new Set<number>();
    for (const state of states) {
      const token = tokens[state];
      if (token === undefined) continue;
      const stays = token.kind === "folders" || (token.kind === "span" && (token.crossesSlash || character !== "/"));
      if (stays) enter(state, character === "/", next);
      else if (takes(token, character)) enter(state + 1, character === "/", next);
    }
    if (next.size === 0) return false;
    states = next;
  }
  return states.has(tokens.length);
}

function takes(token: Token, character: string): boolean {
  if (token.kind === "character") return token.text === character;
  if (character === "/") return false;
  if (token.kind === "any") return true;
  if (token.kind !== "set") return false;
  return token.ranges.some(([first, last]) => character >= first && character <= last) !== token.isNegated;
}
