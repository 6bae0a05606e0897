import { readFile, writeFile } from "node:fs/promises";
import type { Weights } from "./fit-observed-weights.ts";

const file = new URL("../../../server/src/analysis/ranking/observed-weights.ts", import.meta.url);
const weightLine = /\n {2}(\w+): (-?[\d.]+),/g;
const starts = /startingOdds = \{([^}]*)\}/;

/** The weights as they stand in the engine's file, and `start:…` for where alternatives begin. */
export async function readWeights(): Promise<Weights> {
  const text = await readFile(file, "utf8");
  const found: Record<string, number> = {};
  for (const [, name = "", value] of text.matchAll(weightLine)) found[name] = Number(value);
  for (const [, name = "", value] of (starts.exec(text)?.[1] ?? "").matchAll(/(\w+): (-?[\d.]+)/g))
    found[`start:${name}`] = Number(value);
  return found;
}

/** Puts weights into the engine's file; what it explains in words stays. */
export async function writeWeights(weights: Weights): Promise<void> {
  const number = (name: string) => String(Number((weights[name] ?? 0).toFixed(2)));
  const text = (await readFile(file, "utf8"))
    .replace(weightLine, (line, name: string) => (name in weights ? `\n  ${name}: ${number(name)},` : line))
    .replace(starts, (_, inside: string) => {
      const names = [...inside.matchAll(/(\w+):/g)].map(([, name = ""]) => `${name}: ${number(`start:${name}`)}`);
      return `startingOdds = { ${names.join(", ")} }`;
    });
  await writeFile(file, text);
}

/** Puts the sharpness into the engine's file. */
export async function writeSharpness(sharpness: number): Promise<void> {
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/(export const sharpness = )[\d.]+/, `$1${Number(sharpness.toFixed(2))}`));
}
