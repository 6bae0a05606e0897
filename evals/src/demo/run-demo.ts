import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export const caseNames = ["bad-release", "config", "dependency", "healthy", "red-herring"] as const;
export type CaseName = (typeof caseNames)[number];

const demo = fileURLToPath(new URL("../../../examples/shop/src/demo/main.ts", import.meta.url));
const timeoutMs = 180_000;

/** The last line of `npm run demo -- --json`. */
const demoAnswerSchema = z.object({
  incident_id: z.string().nullable(),
  title: z.string().nullable(),
  culprit_commit: z.string().nullable(),
  expected_commit: z.string().nullable(),
  hypothesis: z.string().nullable(),
  confidence: z.number().nullable(),
  verdict: z.string().nullable(),
  patch_applies: z.boolean(),
  proof: z.enum(["green", "red", "not_run"]),
  pull_request: z.object({ url: z.string(), branch: z.string(), commit: z.string() }).nullable(),
  seconds: z.number(),
});
export type DemoAnswer = z.infer<typeof demoAnswerSchema>;

export interface DemoRun {
  readonly caseName: CaseName;
  readonly seed: number;
  /** Null when the demo itself failed. */
  readonly answer: DemoAnswer | null;
  readonly isRight: boolean;
  /** Why it is not right, in the demo's words; empty when it is. */
  readonly reason: string;
}

/** Plays the demo once, in a process of its own, and resolves to its answer; never rejects. */
export function runDemo(caseName: CaseName, seed: number): Promise<DemoRun> {
  const args = [demo, "--once", "--json", "--case", caseName, "--seed", String(seed)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let progress = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    progress += chunk.toString();
  });
  const timer = setTimeout(() => child.kill("SIGTERM"), timeoutMs);
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ caseName, seed, answer: null, isRight: false, reason: error.message }));
    child.once("close", (code) => {
      clearTimeout(timer);
      const answer = parseAnswer(output.trim().split("\n").at(-1) ?? "");
      const isRight = code === 0 && answer !== null;
      resolve({ caseName, seed, answer, isRight, reason: isRight ? "" : reasonOf(progress, code) });
    });
  });
}

function parseAnswer(line: string): DemoAnswer | null {
  try {
    return demoAnswerSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function reasonOf(progress: string, code: number | null): string {
  const wrong = /that is wrong: (.*)/.exec(progress)?.[1];
  return wrong ?? `the demo ended with ${code}: ${progress.trim().split("\n").slice(-3).join(" | ").slice(0, 400)}`;
}
