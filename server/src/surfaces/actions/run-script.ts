import { z } from "zod";
import { runScript } from "../../domains/repair/index.ts";
import { action } from "./action-services.ts";

export default action({
  name: "run_script",
  title: "Run a script",
  summary:
    "Runs a script in the sandbox: no network, none of this machine's files, bounded in time and memory. It reads `input` as JSON from standard input; what it writes to standard output is its output.",
  group: "data",
  input: z.strictObject({
    language: z.enum(["node", "sh"]).default("node").describe("node (an ECMAScript module) or sh."),
    script: z
      .string()
      .min(1)
      .max(100_000)
      .describe("The script. Texts of events belong into `input`: in a template here they would become code."),
    input: z.unknown().optional().describe("What it reads from standard input, as JSON."),
    timeout: z.number().min(1).max(300).default(30).describe("Seconds."),
    fail_on_exit_code: z
      .boolean()
      .default(true)
      .describe("Whether an exit code other than 0 is a failure of the step."),
  }),
  output: z.object({
    exit_code: z.number().int(),
    output: z.unknown().describe("Standard output read as JSON; null where it is none."),
    stdout: z.string().describe("Standard output as text."),
    stderr: z.string().describe("Standard error."),
    duration_ms: z.number(),
  }),
  repeat: "none",
  isHeavy: true,
  async run(input, _ctx, services) {
    const { language, script, timeout } = input;
    const outcome = await runScript(services, { language, script, input: input.input, timeoutMs: timeout * 1000 });
    if (outcome.exitCode !== 0 && input.fail_on_exit_code)
      throw new Error(`The script ended with exit code ${outcome.exitCode}: ${outcome.stderr.slice(-1000)}`);
    return {
      exit_code: outcome.exitCode,
      output: jsonOf(outcome.stdout),
      stdout: outcome.stdout,
      stderr: outcome.stderr.slice(-20_000),
      duration_ms: outcome.durationMs,
    };
  },
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
