import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { SandboxEnd, SandboxLimits, SandboxResult } from "../../domains/repair/sandbox-port.ts";
import { BoundedLog } from "./bounded-log.ts";
import { memoryMb, processTree } from "./process-tree.ts";

// With room for what stands before it where both come by one stream.
const resultBytesMax = 4 * 1024 * 1024 + 1024;
const watchIntervalMs = 100;
// The sandbox itself: setpriv, unshare or bwrap, its shell.
const ownProcesses = 4;

export interface BoundedOptions {
  readonly limits: SandboxLimits;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Given on standard input. */
  readonly input?: Readable | undefined;
  /** Where the result comes: on a descriptor of its own, or on standard output, and then the log is standard error alone. */
  readonly resultOn?: "descriptor" | "output";
}

/**
 * Starts a process group and ends it, wholly, when it is over a limit: time, output, or memory of all its
 * descendants. Resolves when everything is gone; never rejects for what the command did.
 */
export function runBounded(command: readonly string[], options: BoundedOptions): Promise<SandboxResult> {
  const [program, ...args] = command;
  const startedAt = performance.now();
  const hasDescriptor = options.resultOn !== "output";
  return new Promise((resolve) => {
    const log = new BoundedLog();
    const result: Buffer[] = [];
    let resultBytes = 0;
    let outputBytes = 0;
    let end: SandboxEnd = "exited";
    const child = spawn(program ?? "false", args, {
      cwd: options.cwd ?? "/",
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...options.env },
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe", hasDescriptor ? "pipe" : "ignore"],
      detached: true,
    });
    if (options.input !== undefined && child.stdin !== null) {
      // What reads it may be ended in the middle.
      child.stdin.on("error", () => undefined);
      options.input.pipe(child.stdin);
    }

    const stop = (reason: SandboxEnd): void => {
      if (end === "exited") end = reason;
      killTree(child.pid);
    };
    const timer = setTimeout(() => stop("timeout"), options.limits.timeoutMs);
    const watch = setInterval(() => {
      if (child.pid === undefined) return;
      const members = processTree(child.pid);
      // The kernel does not hold root to RLIMIT_NPROC; this does.
      if (members.length > options.limits.processes + ownProcesses) stop("process_limit");
      if (memoryMb(members) > options.limits.memoryMb) stop("memory_limit");
    }, watchIntervalMs);

    const collect = (chunk: Buffer): void => {
      outputBytes += chunk.length;
      log.add(chunk);
      if (outputBytes > options.limits.outputBytes) stop("output_limit");
    };
    if (hasDescriptor) child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    (hasDescriptor ? child.stdio[3] : child.stdout)?.on("data", (chunk: Buffer) => {
      resultBytes += chunk.length;
      if (resultBytes <= resultBytesMax) result.push(chunk);
    });

    let isOver = false;
    const finish = (exitCode: number | null): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      clearInterval(watch);
      resolve({
        exitCode: end === "exited" ? exitCode : null,
        end,
        durationMs: Math.round(performance.now() - startedAt),
        log: log.text(),
        result: resultBytes > 0 ? Buffer.concat(result).toString("utf8") : null,
      });
    };
    child.on("error", (error) => {
      end = "not_started";
      log.add(Buffer.from(`${error.message}\n`));
      finish(null);
    });
    // What was left running in the background would hold the pipes open.
    child.on("exit", () => killGroup(child.pid));
    child.on("close", (code) => finish(code));
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}

/** Kills the group, and what left it: without a pid namespace a process can move to a session of its own. */
function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  const members = processTree(pid);
  killGroup(pid);
  for (const member of members) {
    try {
      process.kill(member, "SIGKILL");
    } catch {
      // Already gone.
    }
  }
}
