import { unitWords } from "./unit-words.ts";

const powers = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** A value of a metric in a few characters, with its unit: `1.2 k`, `0.034`, `2.05 s`. */
export function formatAmount(value: number, unit: string | null): string {
  if (!Number.isFinite(value)) return "–";
  const named = unitWords(unit) ?? "";
  const size = Math.abs(value);
  const [power, letter] = powers.find(([one]) => size >= one * 10) ?? [1, ""];
  const scaled = value / power;
  const text =
    size !== 0 && size < 0.001
      ? value.toExponential(1)
      : size >= 1000 && power === 1
        ? String(Math.round(scaled))
        : trimmed(scaled.toPrecision(3));
  return `${text} ${letter}${named}`.trim();
}

function trimmed(text: string): string {
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}
