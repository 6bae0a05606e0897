import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { type Signals, signalsSchema } from "./choice-of.ts";

const culprit = resolve(import.meta.dirname, "../../../server/src/culprit.js");
const run = promisify(execFile);

/** What the command line sees in these cases, in their order. */
export async function runSignals(dirs: readonly string[]): Promise<Signals[]> {
  const { stdout } = await run(process.execPath, [culprit, "diagnose", ...dirs, "--json", "--signals"], {
    maxBuffer: 512 * 1024 * 1024,
  });
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => signalsSchema.parse(JSON.parse(line)).signals);
}
