import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { describeEnd } from "./proof-steps.ts";
import type { RepairDeps } from "./repair-deps.ts";
import type { NoSandbox } from "./sandbox-port.ts";

export interface ScriptRequest {
  readonly language: "node" | "sh";
  readonly script: string;
  /** Given on standard input as JSON. */
  readonly input: unknown;
  readonly timeoutMs: number;
}

export interface ScriptOutcome {
  readonly exitCode: number;
  /** Standard output; at most 1 MB of it. */
  readonly stdout: string;
  /** Standard error, its middle left out where it was long. */
  readonly stderr: string;
  readonly durationMs: number;
}

const limits = { memoryMb: 512, processes: 32, outputBytes: 1_000_000, diskMb: 64 };
const stdoutMax = 1_000_000;
const files = { node: "script.mjs", sh: "script.sh" } as const;

/**
 * Runs a script where it can do no harm: no network, none of this machine's files, bounded in time, memory and output.
 * @throws CulpritError CONFLICT where this machine offers no isolation; Error when it did not come to an end by itself.
 */
export async function runScript(deps: Pick<RepairDeps, "sandbox">, request: ScriptRequest): Promise<ScriptOutcome> {
  const sandbox = await deps.sandbox();
  if ("reason" in sandbox) throw noIsolation("scripts", sandbox);
  const folder = await mkdtemp(join(tmpdir(), "culprit-script-"));
  try {
    const tree = join(folder, "tree");
    const name = files[request.language];
    await mkdir(tree);
    await writeFile(join(tree, name), request.script);
    await writeFile(join(tree, "input.json"), JSON.stringify(request.input ?? null));
    const result = await sandbox.run({
      command: ["sh", "-c", `${request.language} ${name} < input.json > "$CULPRIT_RESULT"`],
      workTree: tree,
      readOnly: [],
      writable: [],
      scratch: [],
      env: {},
      network: false,
      asOwner: false,
      limits: { ...limits, timeoutMs: request.timeoutMs },
    });
    if (result.end !== "exited" || result.exitCode === null)
      throw new Error(`The script did not end by itself: ${describeEnd(result)}. ${result.log.slice(-500)}`);
    const stdout = result.result ?? "";
    if (stdout.length > stdoutMax) throw new Error(`The script wrote more than ${stdoutMax} characters.`);
    return { exitCode: result.exitCode, stdout, stderr: result.log, durationMs: result.durationMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** That nothing foreign is run where nothing separates it, with the way out. */
export function noIsolation(what: string, { reason }: NoSandbox): CulpritError {
  return new CulpritError("CONFLICT", `Nothing isolates, so ${what} are not run. ${reason}`);
}
