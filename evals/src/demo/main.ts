import { parseArgs } from "node:util";
import { caseNames, type DemoRun, runDemo } from "./run-demo.ts";
import { renderRow, renderSummary, summarize, tableHead } from "./table.ts";

const usage = `npm run eval -- demo [--seeds 10] [--from 1] [--cases ${caseNames.join(",")}] [--parallel 1]

Plays every case with every seed from --from on, each in a Culprit of its own, and compares the answer with what was
planted. Fails when fewer than 0.9 are right or any commit is blamed that did not do it.`;

const rightMin = 0.9;

/** Runs the evaluation and gives its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let plan: { readonly runs: readonly Pick<DemoRun, "caseName" | "seed">[]; readonly parallel: number };
  try {
    plan = readPlan(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}\n`);
    return 2;
  }
  process.stdout.write(`${tableHead}\n`);
  const waiting = [...plan.runs];
  const done: DemoRun[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const result = await runDemo(next.caseName, next.seed);
      done.push(result);
      process.stdout.write(`${renderRow(result)}\n`);
    }
  };
  await Promise.all(Array.from({ length: plan.parallel }, worker));

  const summary = summarize(done);
  process.stdout.write(`\n${renderSummary(done)}\n${JSON.stringify(summary)}\n`);
  return summary.right < rightMin || summary.false_blame > 0 ? 1 : 0;
}

function readPlan(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "10" },
      from: { type: "string", default: "1" },
      cases: { type: "string", default: caseNames.join(",") },
      parallel: { type: "string", default: "1" },
    },
  });
  const whole = (name: "seeds" | "from" | "parallel", min: number) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < min) throw new Error(`--${name} must be a whole number from ${min}`);
    return value;
  };
  const from = whole("from", 0);
  const seeds = whole("seeds", 1);
  const cases = values.cases.split(",").map((text) => {
    const known = caseNames.find((name) => name === text);
    if (!known) throw new Error(`--cases: ${text} is none of ${caseNames.join(", ")}`);
    return known;
  });
  const runs = Array.from({ length: seeds }, (_, index) => from + index).flatMap((seed) =>
    cases.map((caseName) => ({ caseName, seed })),
  );
  return { runs, parallel: Math.min(2, whole("parallel", 1)) };
}
