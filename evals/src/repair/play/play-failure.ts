import { type ChildProcess, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { failWithOutput, stopProcess } from "../../../../examples/shop/src/running/start-shop.ts";
import type { Bug, BugRequest } from "../corpus/bug.ts";
import { runCommand } from "./run-command.ts";

/** What came of the trigger. */
export interface Played {
  readonly isFailed: boolean;
  /** The last answer or the process's last words. */
  readonly words: string;
}

export interface PlayOptions {
  /** Holds the tree in `app/`. */
  readonly folder: string;
  /** A file for `node --import` that reports errors, and its settings. */
  readonly agent?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly times?: number;
}

/** Runs the project as it runs in production and does what made it fail there. */
export async function playFailure(bug: Bug, options: PlayOptions): Promise<Played> {
  const { trigger } = bug;
  if (trigger.kind === "requests") return playRequests(trigger.requests, options);
  const imported = options.agent === undefined ? [] : ["--import", options.agent];
  const environment = { NODE_ENV: "production", ...options.environment };
  let last: Played = { isFailed: false, words: "" };
  for (let time = 0; time < (options.times ?? 1); time += 1) {
    if (trigger.kind === "script") await writeFile(join(options.folder, "trigger.mjs"), trigger.source);
    const words = trigger.kind === "script" ? ["../trigger.mjs"] : trigger.words.slice(1);
    const { exitCode, output } = await runCommand(["node", ...imported, ...words], {
      folder: join(options.folder, "app"),
      environment,
      stdin: trigger.kind === "script" ? "" : trigger.stdin,
      timeoutMs: 30_000,
    });
    last = { isFailed: exitCode !== 0, words: output.trim().slice(-1500) };
  }
  return last;
}

async function playRequests(requests: readonly BugRequest[], options: PlayOptions): Promise<Played> {
  const folder = join(options.folder, "app");
  const { child, url } = await startService(folder, options);
  let last: Played = { isFailed: false, words: "" };
  try {
    for (let time = 0; time < (options.times ?? 1); time += 1)
      for (const request of requests) {
        last = await send(url, request);
        if (child.exitCode !== null) break;
      }
  } finally {
    await stopProcess(child, 5000);
  }
  return last;
}

async function send(url: string, { method, path, body }: BugRequest): Promise<Played> {
  try {
    const response = await fetch(url + path, {
      method,
      body,
      signal: AbortSignal.timeout(5000),
      ...(body === null ? {} : { headers: { "content-type": "application/json" } }),
    });
    return { isFailed: response.status >= 500, words: `${response.status} ${(await response.text()).slice(0, 500)}` };
  } catch (error) {
    return { isFailed: true, words: `no answer: ${error instanceof Error ? error.message : error}` };
  }
}

async function startService(folder: string, options: PlayOptions): Promise<{ child: ChildProcess; url: string }> {
  const imported = options.agent === undefined ? [] : ["--import", options.agent];
  const { scripts } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    scripts: { start: string };
  };
  const environment = { NODE_ENV: "production", NODE_NO_WARNINGS: "1", PORT: "0", ...options.environment };
  const child = spawn(process.execPath, [...imported, ...scripts.start.split(" ").slice(1)], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    failWithOutput(child, `the service in ${folder}`, reject);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const port = /listening on (\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve({ child, url: `http://127.0.0.1:${port}` });
    });
  });
}
