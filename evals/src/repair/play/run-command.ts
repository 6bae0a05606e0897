import { spawn } from "node:child_process";

export interface CommandResult {
  readonly exitCode: number | null;
  readonly output: string;
}

export interface CommandOptions {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly timeoutMs?: number;
}

/** Runs a program with a small environment of its own and resolves to how it ended; it is killed when its time is over. */
export function runCommand(words: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const [program = "", ...args] = words;
  const child = spawn(program === "node" ? process.execPath : program, args, {
    cwd: options.folder,
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: "1", ...options.environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  const timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs ?? 60_000);
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ exitCode: null, output: `${output}\n${error.message}` }));
    child.once("close", (exitCode) => {
      clearTimeout(timer);
      resolve({ exitCode, output });
    });
  });
}
