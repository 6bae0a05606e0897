const good =
  "good great nice excellent awesome perfect clean clear love lovely thanks thank approve approved approving lgtm elegant solid helpful happy fine works neat tidy correct well wonderful impressive ship improvement improves simple simpler readable";
const bad =
  "bad wrong broken break breaks breaking bug buggy error fail fails failing failure crash crashes ugly terrible awful confusing unclear unsafe insecure vulnerable slow hate reject rejected mess messy hack hacky worse missing incorrect problem problematic issue issues concern concerned unfortunately regression leak leaks dangerous unnecessary complicated";
const weights = new Map<string, number>([
  ...good.split(" ").map((word) => [word, 1] as const),
  ...bad.split(" ").map((word) => [word, -1] as const),
]);
const negations = new Set(
  "not no never neither nor cannot can't isn't don't doesn't won't wasn't aren't shouldn't wouldn't without hardly nothing none".split(
    " ",
  ),
);
const intensifiers = new Set("very really so extremely totally absolutely highly".split(" "));
/** A negation turns the words up to three after it. */
const reach = 3;
const charsMax = 20_000;

/**
 * How friendly texts sound, -1 to 1, by a small lexicon of reviewers' words; null where none of them says anything. Code,
 * quotes and addresses are passed over; "not bad" counts half as much as "good" (a negation turns and halves).
 */
export function sentimentOf(texts: readonly string[]): number | null {
  let [sum, words] = [0, 0];
  for (const text of texts) {
    for (const sentence of proseOf(text).split(/[.!?;\n]+/)) {
      const tokens = sentence.match(/[a-z][a-z']*|👍|👎|🎉|❤️|😕/gu) ?? [];
      tokens.forEach((token, at) => {
        const weight = emoji[token] ?? weights.get(token);
        if (weight === undefined) return;
        const before = tokens.slice(Math.max(0, at - reach), at);
        const isNegated = before.filter((word) => negations.has(word)).length % 2 === 1;
        const strength = intensifiers.has(tokens[at - 1] ?? "") ? 1.5 : 1;
        sum += isNegated ? -0.5 * weight : weight * strength;
        words += isNegated ? 0.5 : strength;
      });
    }
  }
  if (words === 0) return null;
  // Two words say less than twenty: a lone one comes to half of the scale.
  return Math.round((sum / (words + 1)) * 100) / 100;
}

const emoji: Readonly<Record<string, number>> = { "👍": 1, "🎉": 1, "❤️": 1, "👎": -1, "😕": -1 };

function proseOf(text: string): string {
  return text
    .slice(0, charsMax)
    .replace(/```[\s\S]*?(?:```|$)/g, " ")
    .replace(/`[^`\n]*`/g, " ")
    .replace(/^\s*>.*$/gm, " ")
    .replace(/https?:\/\/\S+/g, " ")
    .replace(/\u2019/g, "'")
    .toLowerCase();
}
