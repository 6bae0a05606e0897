import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const entry = fileURLToPath(new URL("./main.ts", import.meta.url));

interface Demo {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function startDemo(args: readonly string[]): Demo {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  return { child, output: () => output, ended: new Promise((resolve) => child.once("close", resolve)) };
}

/** The processes below one, by `/proc`, with the instant they began, which tells a process from a later one of its number. */
function descendantsOf(root: number): Map<number, string> {
  const parents = new Map<number, { parent: number; began: string }>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const facts = factsOf(Number(name));
    if (facts !== null) parents.set(Number(name), facts);
  }
  const found = new Map<number, string>();
  for (const [pid, { began }] of parents) {
    for (let at: number | undefined = pid; at !== undefined; at = parents.get(at)?.parent)
      if (at === root && pid !== root) found.set(pid, began);
  }
  return found;
}

function factsOf(pid: number): { parent: number; began: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? null : { parent: Number(parent), began: rest[17] ?? "" };
  } catch {
    return null;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

test("a Culprit that can't start ends the demo with what it printed", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const demo = startDemo(["--seed", "3", "--port", String(port)]);
  expect(await demo.ended).toBe(1);
  taken.close();
  expect(demo.output()).toMatch(/Culprit ended with \d+:\n.*is taken/);
}, 60_000);

test.each([
  ["SIGINT", 130, 1],
  ["SIGTERM", 143, 2],
  ["SIGTERM", 143, 6],
] as const)(
  "%s ends the demo and all its processes within seconds, whatever it is at",
  async (signal, code, children) => {
    const demo = startDemo(["--once", "--seed", "3"]);
    const { pid } = demo.child;
    if (pid === undefined) throw new Error("the demo has no process");
    // As many processes at once tell how far it is: Culprit, its PostgreSQL with its workers, npm, the shop.
    const seen = new Map<number, string>();
    await expect
      .poll(
        () => {
          const now = descendantsOf(pid);
          for (const [child, began] of now) seen.set(child, began);
          return now.size;
        },
        { timeout: 40_000, interval: 20 },
      )
      .toBeGreaterThanOrEqual(children);
    const signalledAtMs = performance.now();
    demo.child.kill(signal);
    expect(await demo.ended).toBe(code);
    await expect
      .poll(() => [...seen].flatMap(([child, began]) => (factsOf(child)?.began === began ? [commandOf(child)] : [])), {
        timeout: 8000,
      })
      .toEqual([]);
    expect(performance.now() - signalledAtMs).toBeLessThan(12_000);
  },
  60_000,
);

test("asked for help the demo prints how it is used, and nothing of an error", async () => {
  const demo = startDemo(["--help"]);
  expect(await demo.ended).toBe(0);
  expect(demo.output()).toMatch(/^npm run demo -- /);
});
