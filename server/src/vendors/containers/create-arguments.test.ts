import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SandboxRequest } from "../../domains/repair/sandbox-port.ts";
import { createArguments } from "./create-arguments.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "culprit-a,b-")));
const request: SandboxRequest = {
  command: ["node", "it's.cjs"],
  workTree: folder,
  readOnly: [{ source: folder, target: "/tree/packages/a/node_modules" }],
  writable: [],
  scratch: ["/tree/packages/a/node_modules/.vite"],
  env: { MINE: "1" },
  network: false,
  asOwner: false,
  limits: { timeoutMs: 1_500, memoryMb: 300, processes: 60, outputBytes: 1, diskMb: 32 },
};

function wordsFor(kind: "docker" | "podman", more: Partial<SandboxRequest> = {}): string[] {
  return createArguments({ kind, isRootless: false, cpus: 4 }, "node:24", "name", "61234:61235", {
    ...request,
    ...more,
  });
}

/** The values of a flag. */
function valuesOf(words: readonly string[], flag: string): string[] {
  return words.flatMap((word, at) => (word === flag ? [words[at + 1] ?? ""] : []));
}

test.each(["docker", "podman"] as const)("%s gets every bound, and only what may be written is writable", (kind) => {
  const words = wordsFor(kind);
  for (const [flag, value] of [
    ["--network", "none"],
    ["--cap-drop", "ALL"],
    ["--security-opt", "no-new-privileges"],
    ["--pull", "never"],
    ["--log-driver", "none"],
    ["--user", "61234:61235"],
    ["--pids-limit", "60"],
    ["--cpus", "3"],
    // The memory of the run, and the two folders that lie in memory.
    ["--memory", "364m"],
    ["--memory-swap", "364m"],
  ] as const)
    expect(valuesOf(words, flag), flag).toEqual([value]);
  expect(words).toContain("--read-only");
  expect(words).not.toContain("--privileged");
  expect(valuesOf(words, "--tmpfs").map((word) => word.split(":")[0])).toEqual([
    ...["/tree", "/tmp", "/tree/packages", "/tree/packages/a", "/tree/packages/a/node_modules/.vite"],
  ]);
  expect(valuesOf(words, "--mount")).toEqual([
    `type=bind,"source=${folder}",target=/tree/packages/a/node_modules,readonly`,
  ]);
  expect(words.slice(words.indexOf("--entrypoint"), -1)).toEqual([
    ...["--entrypoint", "timeout", "node:24", "-s", "KILL", "7", "/bin/sh", "-c"],
  ]);
});

test("neither proxies of the command line's own settings nor what Podman adds by itself get inside", () => {
  for (const name of ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
    expect(valuesOf(wordsFor("docker"), "--env")).toContain(`${name}=`);
  expect(wordsFor("podman")).toEqual(
    expect.arrayContaining(["--http-proxy=false", "--env-host=false", "--read-only-tmpfs=false", "--image-volume"]),
  );
  expect(wordsFor("docker")).not.toContain("--http-proxy=false");
});

test("there is a network only where it is asked for, and standard input only for a tree", () => {
  expect(wordsFor("docker", { network: true })).not.toContain("--network");
  expect(wordsFor("docker")).toContain("--interactive");
  expect(wordsFor("docker", { workTree: null })).not.toContain("--interactive");
});
