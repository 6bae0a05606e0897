import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const css = readFileSync(join(import.meta.dirname, "styles.css"), "utf8");
const tokens = new Map(
  [...css.matchAll(/--color-([\w-]+):\s*(?:light-dark\((#\w+),\s*(#\w+)\)|(#\w+));/g)].map(
    ([, name = "", light, dark, both = ""]) => [name, { light: light ?? both, dark: dark ?? both }],
  ),
);

type Theme = "light" | "dark";

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(front: string, back: string, theme: Theme): number {
  const [a, b] = [front, back].map((name) => {
    const token = tokens.get(name);
    if (!token) throw new Error(`styles.css has no --color-${name}`);
    return luminance(token[theme]);
  });
  const [high, low] = [Math.max(a ?? 0, b ?? 0), Math.min(a ?? 0, b ?? 0)];
  return (high + 0.05) / (low + 0.05);
}

const surfaces = ["paper", "panel", "sunk"];
const texts = ["ink", "ink-2", "ink-3", "bad", "warn", "good"];
const code = ["ink", "ink-3", "code-string", "code-keyword", "code-number"];
const pairs = [
  ...texts.flatMap((front) => surfaces.map((back) => [front, back] as const)),
  ...code.flatMap((front) => ["panel", "sunk", "added", "removed", "mark-soft"].map((back) => [front, back] as const)),
  ["good", "added"] as const,
  ["bad", "removed"] as const,
  ["mark-ink", "mark"] as const,
  ["paper", "ink"] as const,
  ["paper", "ink-2"] as const,
];

test.each(["light", "dark"] as const)("every text of the %s theme has the contrast of WCAG AA (4.5)", (theme) => {
  const weak = pairs.filter(([front, back]) => contrast(front, back, theme) < 4.5);
  expect(weak.map(([front, back]) => `${front} on ${back}: ${contrast(front, back, theme).toFixed(2)}`)).toEqual([]);
});

test.each(["light", "dark"] as const)("borders of fields and the focus ring of the %s theme are seen (3)", (theme) => {
  for (const back of surfaces) {
    expect(contrast("edge", back, theme), back).toBeGreaterThanOrEqual(3);
    expect(contrast("ink", back, theme), back).toBeGreaterThanOrEqual(3);
  }
});
