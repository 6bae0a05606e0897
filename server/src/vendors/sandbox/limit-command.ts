import type { SandboxLimits } from "../../domains/repair/sandbox-port.ts";
import { quoteAll } from "./shell-quote.ts";

const megabyte = 1024 * 1024;
// V8 maps 512 MB for code as writable at start and touches little of it; worker threads may do it again.
const codeRangeMb = 1024;

/**
 * The words that put a command under resource limits. Not `RLIMIT_AS`: V8 reserves far more address space than it
 * uses; `RLIMIT_DATA` counts what is really writable. The sum over all processes is watched from outside.
 */
export function limitWords(limits: SandboxLimits): string[] {
  return [
    "prlimit",
    `--nproc=${limits.processes}`,
    `--fsize=${limits.diskMb * megabyte}`,
    `--data=${(limits.memoryMb + codeRangeMb) * megabyte}`,
    "--core=0",
    "--nofile=1024",
  ];
}

/** The words that start a command with this environment and no other. */
export function environmentWords(env: Readonly<Record<string, string>>): string[] {
  return ["env", "-i", ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
}

/**
 * Shell lines that run the command and hand its result file to descriptor 3. The command itself does not hold that
 * descriptor, so it can't keep the run open.
 */
export function runLines(words: readonly string[], resultPath: string, readerWords: readonly string[]): string[] {
  return [
    "set +e",
    `${quoteAll(words)} 3>&- </dev/null`,
    "code=$?",
    `${quoteAll([...readerWords, "head", "-c", "4194304", resultPath])} >&3 2>/dev/null </dev/null`,
    "exit $code",
  ];
}
