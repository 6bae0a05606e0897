/** What a text may hold, one bit each; a rule runs only where all its bits are set. */
export const hint = {
  privateKey: 1,
  authorization: 2,
  cookie: 4,
  jwt: 8,
  secretKey: 16,
  webhook: 32,
  scheme: 64,
  at: 128,
  secretName: 256,
  cardNumber: 512,
  ssn: 1024,
  shortName: 2048,
} as const;

/** Lower case; `0` stands for any digit. */
const words: readonly (readonly [bit: number, words: string])[] = [
  [hint.privateKey, "-----begin"],
  [hint.authorization, "authorization|bearer |basic "],
  [hint.cookie, "cookie"],
  [hint.jwt, "eyj"],
  [
    hint.secretKey,
    "akia|asia|agpa|aida|aroa|gho_|ghp_|ghs_|ghu_|ghr_|github_pat_|glpat-|xox|xapp-|sk_|rk_|sk-|whsec_|aiza|npm_|sg.",
  ],
  [hint.webhook, "hooks."],
  [hint.scheme, "://"],
  [hint.at, "@"],
  [hint.secretName, "passw|passphrase|pwd|secret|token|key|credential|session|signature"],
  [hint.cardNumber, "000000000000|0000 0000 0000|0000-0000-0000|0000 000000|0000-000000"],
  [hint.ssn, "000-00-0000"],
  [hint.shortName, "sig|sid|session|sessid|cvv|cvc"],
];

const classes = classOfCharacters();
const { next, found } = buildAutomaton();

/**
 * Which kinds of secrets and personal data a text may hold, as bits of `hint`: 0 for nearly every text. One pass of an
 * Aho-Corasick automaton; as one regular expression the same question took five times as long (1.27 against 0.2 ms for 46 kB).
 */
export function findHints(text: string): number {
  let state = 0;
  let bits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    state = next[(state << 6) + (code < 128 ? (classes[code] ?? 0) : 0)] ?? 0;
    bits |= found[state] ?? 0;
  }
  return bits;
}

/** Characters that no word has share the class 0, upper and lower case share one, all digits share one; 64 at most. */
function classOfCharacters(): Uint8Array {
  const table = new Uint8Array(128);
  const used = new Map<string, number>();
  for (const character of words.flatMap(([, list]) => [...list.replaceAll("|", "")])) {
    if (!used.has(character)) used.set(character, used.size + 1);
  }
  if (used.size > 63) throw new Error(`the words have ${used.size} different characters; the table has room for 63`);
  for (const [character, number] of used) {
    for (const same of character === "0" ? "0123456789" : [character, character.toUpperCase()].join("")) {
      table[same.charCodeAt(0)] = number;
    }
  }
  return table;
}

function buildAutomaton(): { next: Uint16Array; found: Uint16Array } {
  const total = words.reduce((sum, [, list]) => sum + list.length + 1, 1);
  const next = new Uint16Array(total << 6);
  const found = new Uint16Array(total);
  let states = 1;
  for (const [bit, list] of words) {
    for (const word of list.split("|")) {
      let state = 0;
      for (const character of word) {
        const at = (state << 6) + (classes[character.charCodeAt(0)] ?? 0);
        if (next[at] === 0) next[at] = states++;
        state = next[at] ?? 0;
      }
      found[state] = (found[state] ?? 0) | bit;
    }
  }
  const fallback = new Uint16Array(states);
  const queue = [0];
  for (const state of queue) {
    for (let character = 0; character < 64; character += 1) {
      const at = (state << 6) + character;
      const child = next[at] ?? 0;
      const ofFallback = state === 0 ? 0 : (next[((fallback[state] ?? 0) << 6) + character] ?? 0);
      if (child === 0) {
        next[at] = ofFallback;
      } else {
        fallback[child] = ofFallback;
        found[child] = (found[child] ?? 0) | (found[ofFallback] ?? 0);
        queue.push(child);
      }
    }
  }
  return { next, found };
}
