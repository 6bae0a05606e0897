/** One word for a POSIX shell, whatever is in it. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Words for a POSIX shell, joined by spaces. */
export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(" ");
}
