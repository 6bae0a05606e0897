import { randomBytes } from "node:crypto";
import type { Sandbox, SandboxRequest, SandboxResult } from "../../domains/repair/sandbox-port.ts";
import { nextUserId } from "../sandbox/layout.ts";
import { runBounded } from "../sandbox/run-bounded.ts";
import { askEngine, type ContainerEngine } from "./container-engine.ts";
import { BEGUN, createArguments, LABEL, OUT_OF_MEMORY } from "./create-arguments.ts";
import { packTree } from "./pack-tree.ts";

const SWEEP_EVERY_MS = 600_000;
/** A run's container is nobody's any more when its time limit has been over for so long. */
const LEFT_AFTER_MS = 120_000;

/**
 * Isolation by Docker or Podman, through its command line: one container for each run, of an image that has `node`, `sh`, `tar` and the
 * usual small programs. It is made first and then started, so that there is something to remove whenever a run is broken off.
 */
export function containerSandbox(
  engine: ContainerEngine,
  image: { readonly name: string; readonly id: string },
): Sandbox {
  let sweptAt = 0;
  return {
    isolation: engine.kind,
    image: image.id,
    async run(request) {
      if (Date.now() - sweptAt > SWEEP_EVERY_MS) {
        sweptAt = Date.now();
        await removeLeftovers(engine);
      }
      return runInContainer(engine, image.name, request);
    },
  };
}

async function runInContainer(engine: ContainerEngine, image: string, request: SandboxRequest): Promise<SandboxResult> {
  const startedAt = performance.now();
  const leftAt = Date.now() + request.limits.timeoutMs + LEFT_AFTER_MS;
  const name = `culprit-sandbox-${leftAt}-${randomBytes(6).toString("hex")}`;
  try {
    const created = await askEngine(engine, createArguments(engine, image, name, userOf(engine, request), request));
    if (created.code !== 0) return notStarted(created.complaint, startedAt);
    const tree = request.workTree === null ? null : await packTree(request.workTree);
    const attach = tree === null ? ["--attach"] : ["--attach", "--interactive"];
    const result = await runBounded([engine.program, "start", ...attach, name], {
      limits: request.limits,
      env: engine.env,
      input: tree?.stream,
      resultOn: "output",
    });
    const answer = readAnswer(result);
    if (tree === null) return answer;
    // The command began, so the end of the tree was read: its packing ends by itself.
    if (answer.end !== "exited") tree.stop();
    else if (!(await tree.isWhole)) return notStarted("The tree could not be read.", startedAt);
    return answer;
  } finally {
    // Ends whatever still runs in it.
    await askEngine(engine, ["rm", "--force", "--volumes", name]);
  }
}

/**
 * Whose rights the command has. Without root's engine the root inside is the user who runs Culprit, with no privilege. Else it is that
 * user's id, or, where that is root's, one that owns nothing.
 */
function userOf({ isRootless }: ContainerEngine, { asOwner }: SandboxRequest): string {
  if (isRootless) return "0:0";
  const own = process.getuid?.() ?? 0;
  const userId = own === 0 && !asOwner ? nextUserId() : own;
  return `${userId}:${own === 0 ? userId : (process.getgid?.() ?? userId)}`;
}

/** Takes what the script inside wrote before the result apart from it. */
function readAnswer(run: SandboxResult): SandboxResult {
  const [begun, ending, ...rest] = (run.result ?? "").split("\n");
  if (begun !== BEGUN) {
    const end = run.end === "exited" ? "not_started" : run.end;
    return { ...run, exitCode: null, end, result: null };
  }
  const answer = { ...run, result: rest.join("\n") || null };
  const isOutOfMemory = run.end === "exited" && ending === OUT_OF_MEMORY;
  return isOutOfMemory ? { ...answer, exitCode: null, end: "memory_limit" } : answer;
}

function notStarted(log: string, startedAt: number): SandboxResult {
  const durationMs = Math.round(performance.now() - startedAt);
  return { exitCode: null, end: "not_started", durationMs, log: `${log}\n`, result: null };
}

/** Removes containers whose run is over for certain: those of a Culprit that was killed. Others' are left alone. */
export async function removeLeftovers(engine: ContainerEngine, now: number = Date.now()): Promise<void> {
  const listed = await askEngine(engine, ["ps", "--all", "--filter", `label=${LABEL}`, "--format", "{{.Names}}"]);
  const left = listed.output.split("\n").filter((name) => {
    const [, leftAt] = /^culprit-sandbox-(\d+)-[0-9a-f]+$/.exec(name) ?? [];
    return leftAt !== undefined && Number(leftAt) < now;
  });
  if (left.length > 0) await askEngine(engine, ["rm", "--force", "--volumes", ...left]);
}
