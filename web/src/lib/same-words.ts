/** Whether a clause is said in a sentence already, but for large letters, quoting and the stop at its end. */
export function isSaidIn(clause: string, sentence: string): boolean {
  const words = bare(clause);
  return words !== "" && bare(sentence).includes(words);
}

/** Whether two sentences say the same in the same words. */
export function saysTheSame(one: string, other: string): boolean {
  return bare(one) === bare(other);
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[`\\]/g, "").replace(/\s+/g, " ").trim().replace(/\.$/, "");
}
