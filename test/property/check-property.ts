import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";

/**
 * Runs a property 10,000 times (or as told) under a new seed, prints the seed, and gives the growth of the heap in MB after
 * collecting garbage. A failure's message holds the seed and path to run it again.
 */
export function checkProperty<Ts extends [unknown, ...unknown[]]>(
  name: string,
  property: fc.IProperty<Ts>,
  options: { readonly runs?: number; readonly seed?: number } = {},
): { readonly seed: number; readonly grownMb: number } {
  const runs = options.runs ?? 10_000;
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  const before = heapAfterCollection();
  fc.assert(property, { numRuns: runs, seed });
  const grownMb = (heapAfterCollection() - before) / 2 ** 20;
  console.log(`${name}: ${runs} runs, seed ${seed}, heap ${grownMb.toFixed(1)} MB grown`);
  return { seed, grownMb };
}

function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}
