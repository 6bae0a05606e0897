import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { dataRoot } from "../diagnosis/data-root.ts";
import { measureLogTemplates } from "./measure.ts";

/** `npm run eval -- log-templates [--data DIR]`: grouping accuracy of `culprit templates` by log, and its mean. */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: { data: { type: "string" } } });
  const data = resolve(values.data ?? join(dataRoot(undefined), "log-templates"));
  if (!existsSync(data)) {
    console.log(
      `${data} is not there. Get https://github.com/logpai/loghub and say where the logs are: --data DIR with <name>/<name>_2k.log_structured.csv`,
    );
    return 1;
  }
  const measured = await measureLogTemplates(data);
  for (const one of measured)
    console.log(
      `${one.name.padEnd(12)} accuracy ${one.accuracy.toFixed(3)}, ${one.templates} templates where there are ${one.trueTemplates}, ${one.lines} lines in ${one.seconds.toFixed(2)} s`,
    );
  const mean = measured.reduce((sum, one) => sum + one.accuracy, 0) / Math.max(1, measured.length);
  const rounded = (value: number) => Math.round(value * 1000) / 1000;
  console.log(
    JSON.stringify({
      sets: measured.length,
      mean: rounded(mean),
      ...Object.fromEntries(measured.map((one) => [one.name, rounded(one.accuracy)])),
    }),
  );
  return measured.length === 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
