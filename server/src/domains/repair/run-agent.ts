import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { redactor } from "../../platform/redact/redact.ts";
import { projectRepositoryRows } from "../change/index.ts";
import { openRepositoryWith } from "./open-repository-with.ts";
import { describeEnd } from "./proof-steps.ts";
import type { RepairDeps } from "./repair-deps.ts";
import { noIsolation } from "./run-script.ts";

/** A command-line agent that the installation has set up. */
export interface AgentSetting {
  /** Program and arguments; the prompt comes on standard input. */
  readonly command: readonly string[];
  /** Whether it may use the network; most need it to reach their model. */
  readonly network: boolean;
  /** What its environment holds beside the sandbox's own. */
  readonly env: Readonly<Record<string, string>>;
}

export interface AgentRequest {
  readonly projectId: string;
  readonly prompt: string;
  /** The commit whose tree it sees. */
  readonly commit: string;
  readonly timeoutMs: number;
}

export interface AgentOutcome {
  readonly exitCode: number;
  readonly output: string;
  readonly log: string;
  readonly durationMs: number;
}

const limits = { memoryMb: 4096, processes: 256, outputBytes: 4_000_000, diskMb: 1024 };
const promptFile = ".culprit-prompt";

/**
 * Runs the agent on a copy of the tree at a commit; nothing that it writes there is kept, its standard output is the answer. The
 * values of its environment are struck out of what it says.
 * @throws CulpritError CONFLICT where none is set up or this machine offers no isolation, NOT_FOUND for a commit that no mirror of the
 * project holds; Error when it did not come to an end by itself.
 */
export async function runAgent(
  deps: RepairDeps,
  agent: AgentSetting | null,
  request: AgentRequest,
): Promise<AgentOutcome> {
  if (agent === null)
    throw new CulpritError(
      "CONFLICT",
      "No agent is set up. Set AGENT_COMMAND to a program that reads its prompt from standard input.",
    );
  const sandbox = await deps.sandbox();
  if ("reason" in sandbox) throw noIsolation("agents", sandbox);
  const rows = await projectRepositoryRows(deps.database.db, request.projectId);
  const opened = await openRepositoryWith(
    deps,
    rows.map(({ id }) => id),
    request.commit,
  );
  if ("reason" in opened) throw new CulpritError("NOT_FOUND", opened.reason);
  const { repository } = opened;
  try {
    // Written by the repository, which follows no link that a tree has in the file's place.
    const made = await repository.materialise(request.commit, [], [{ path: promptFile, text: request.prompt }]);
    if ("reason" in made) throw new Error(`The tree could not be written: ${made.reason}`);
    const result = await sandbox.run({
      // The words of the command are its arguments, never a part of the shell's script.
      command: ["sh", "-c", `exec "$@" < ${promptFile} > "$CULPRIT_RESULT"`, "sh", ...agent.command],
      workTree: made.folder,
      readOnly: [],
      writable: [],
      scratch: [],
      env: agent.env,
      network: agent.network,
      asOwner: false,
      limits: { ...limits, timeoutMs: request.timeoutMs },
    });
    if (result.end !== "exited" || result.exitCode === null)
      throw new Error(`The agent did not end by itself: ${describeEnd(result)}.`);
    const { exitCode, durationMs } = result;
    // A prompt may ask for its environment. Struck out before it is cut: half a key is one, too.
    const { output, log } = redactor(Object.values(agent.env))({ output: result.result ?? "", log: result.log });
    return { exitCode, output: output.slice(0, 1_000_000), log: log.slice(-20_000), durationMs };
  } finally {
    await repository.close();
  }
}
