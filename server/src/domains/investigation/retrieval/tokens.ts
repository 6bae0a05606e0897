/** English function words, which are in every text and tell nothing of it. */
const stopWords = new Set(
  "a an and are as at be but by for from has have if in into is it its no not of on or so such that the their then there these they this to was we were when which will with you".split(
    " ",
  ),
);

/**
 * The words of a text in lower case, names of code also by their parts: `addItem` is `additem`, `add`, `item`; `user_id` is `user`, `id`. Commit ids and
 * other long runs of hex digits are cut to twelve, so that a short one is found.
 */
export function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (const [run] of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    const whole = run.toLowerCase();
    if (/^[0-9a-f]{16,}$/.test(whole)) {
      tokens.push(whole.slice(0, 12));
      continue;
    }
    tokens.push(whole.slice(0, 64));
    const parts = run.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+/gu) ?? [];
    if (parts.length > 1 && parts.length < 10)
      for (const part of parts) if (part.length > 1) tokens.push(part.toLowerCase());
  }
  return tokens;
}

/** The words of a question that tell something, each once, the first 40. */
export function queryTokens(text: string): string[] {
  return [...new Set(tokensOf(text))].filter((token) => !stopWords.has(token)).slice(0, 40);
}

/** Whether a word tells nothing of a text. */
export function isStopWord(token: string): boolean {
  return stopWords.has(token);
}
