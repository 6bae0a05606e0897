const entriesMax = 4_096;

/**
 * A pure function of one text that keeps its last answers, at most 4,096 short ones. It answers what the function answers;
 * a sender of ever new texts costs the calls he causes and no memory.
 */
export function remembered<T>(compute: (text: string) => T): (text: string) => T {
  let answers = new Map<string, T>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = compute(text);
    if (text.length > 512) return answer;
    if (answers.size >= entriesMax) answers = new Map();
    answers.set(text, answer);
    return answer;
  };
}
