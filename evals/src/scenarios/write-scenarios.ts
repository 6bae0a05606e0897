import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Truth } from "./fault.ts";
import { generateScenario, type Scenario, type ScenarioOptions } from "./generate-scenario.ts";
import { kinds } from "./kinds/index.ts";

/** Writes scenarios as a set of cases, one after the other: `DIR/cases/<folder>/…`, and the answers beside them in `DIR/truth.json`. */
export async function writeScenarios(
  dir: string,
  scenarios: Iterable<Scenario>,
): Promise<Readonly<Record<string, Truth>>> {
  const truth: Record<string, Truth> = {};
  for (const scenario of scenarios) {
    const folder = join(dir, "cases", scenario.folder);
    await mkdir(folder, { recursive: true });
    for (const [name, text] of scenario.files) await writeFile(join(folder, name), text);
    truth[scenario.folder] = scenario.truth;
  }
  await writeFile(join(dir, "truth.json"), `${JSON.stringify(truth, null, 1)}\n`);
  return truth;
}

/** Every kind with every seed, made when it is asked for: a case is some megabytes. */
export function* scenarios(
  seeds: readonly number[],
  isWanted: (kind: string) => boolean = () => true,
  options: ScenarioOptions = {},
): Generator<Scenario> {
  for (const kind of kinds)
    if (isWanted(kind.name)) for (const seed of seeds) yield generateScenario(kind, seed, options);
}

/** `--write DIR [--seeds 1-10] [--kinds a,b]` writes the set and ends. */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { write: { type: "string" }, seeds: { type: "string" }, kinds: { type: "string" } },
  });
  const [first = 1, last = first] = (values.seeds ?? "1-10").split("-").map(Number);
  const seeds = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const wanted = values.kinds?.split(",");
  if (values.write === undefined) {
    process.stderr.write("Say where: --write DIR\n");
    return 2;
  }
  const truth = await writeScenarios(
    resolve(values.write),
    scenarios(seeds, (name) => wanted === undefined || wanted.includes(name)),
  );
  console.log(JSON.stringify({ scenarios: Object.keys(truth).length }));
  return 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
