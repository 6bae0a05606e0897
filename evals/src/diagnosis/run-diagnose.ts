import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { type CaseDiagnosis, caseDiagnosisSchema } from "@culprit/contract";

const culprit = resolve(import.meta.dirname, "../../../server/src/culprit.js");

/** What the command line answers about these cases, in their order; many in one process, so that its start is paid once. */
export async function runDiagnose(dirs: readonly string[], format: string): Promise<CaseDiagnosis[]> {
  if (dirs.length === 0) return [];
  const child = spawn(process.execPath, [culprit, "diagnose", ...dirs, "--format", format, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let problems = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    problems = (problems + text).slice(-4000);
  });
  const code = await new Promise<number | null>((done, fail) => {
    child.on("error", fail);
    child.on("close", done);
  });
  const answers = out
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => caseDiagnosisSchema.parse(JSON.parse(line)));
  if (code !== 0 || answers.length !== dirs.length)
    throw new Error(
      `culprit diagnose gave ${answers.length} answers about ${dirs.length} cases, exit code ${code}: ${problems}`,
    );
  return answers;
}
