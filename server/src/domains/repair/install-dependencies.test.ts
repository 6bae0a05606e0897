import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { findNpm } from "../../vendors/npm/find-npm.ts";
import { createSandboxProvider } from "../../vendors/sandbox/detect-sandbox.ts";
import { type InstallRequest, installDependencies, reasonIn } from "./install-dependencies.ts";

const found = await createSandboxProvider()();
const sandbox = "reason" in found ? null : found;
const packages = { ...findNpm(process.env), registry: process.env.npm_config_registry ?? null };

/** A real lock file by the real manager, made in a folder of its own where the registry can be asked; null where it can't. */
function lockedBy(command: readonly string[], files: Readonly<Record<string, string>>): Record<string, string> | null {
  const folder = mkdtempSync(join(tmpdir(), "culprit-lock-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const [program = "", ...args] = command;
  try {
    execFileSync(program, args, { cwd: folder, stdio: "ignore", timeout: 120_000 });
    return Object.fromEntries(
      [...Object.keys(files), "pnpm-lock.yaml", "yarn.lock", "bun.lock"].flatMap((path) => {
        try {
          return [[path, readFileSync(join(folder, path), "utf8")]];
        } catch {
          return [];
        }
      }),
    );
  } catch {
    return null;
  }
}

function request(files: Readonly<Record<string, string>>, more: Partial<InstallRequest> = {}): InstallRequest {
  if (sandbox === null) throw new Error("This machine offers no isolation.");
  return {
    readFile: async (path) => (files[path] === undefined ? null : Buffer.from(files[path])),
    files: new Set(Object.keys(files)),
    folder: mkdtempSync(join(tmpdir(), "culprit-dependencies-")),
    packages,
    sandbox,
    allowNetwork: true,
    ...more,
  };
}

async function say(of: InstallRequest, command: readonly string[], tree: Readonly<Record<string, string>>) {
  const workTree = mkdtempSync(join(tmpdir(), "culprit-tree-"));
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(workTree, path)), { recursive: true });
    writeFileSync(join(workTree, path), text);
  }
  const installed = await installDependencies(of);
  if ("reason" in installed)
    throw new Error(`${installed.reason}\n${installed.steps.map(({ log }) => log).join("\n")}`);
  const { binds, scratch, env } = installed.dependencies;
  const result = await of.sandbox.run({
    command,
    workTree,
    readOnly: binds,
    writable: [],
    scratch,
    env,
    network: false,
    asOwner: false,
    limits: { timeoutMs: 60_000, memoryMb: 1024, processes: 64, outputBytes: 1_000_000, diskMb: 128 },
  });
  return { log: result.log, exitCode: result.exitCode, steps: installed.steps.map(({ name }) => name) };
}

const manifest = JSON.stringify({ name: "app", version: "1.0.0", dependencies: { "is-odd": "3.0.1" } });
const ask = { "main.cjs": `console.log(require("is-odd")(3));` };
const npx = (name: string, ...args: string[]) => ["npx", "--yes", name, ...args];

const managers = [
  { name: "pnpm", lock: npx("pnpm@9", "install", "--lockfile-only") },
  { name: "yarn", lock: npx("yarn@1", "install", "--ignore-scripts", "--non-interactive") },
  { name: "bun", lock: npx("bun@1", "install", "--lockfile-only") },
].map((one) => ({ ...one, files: lockedBy(one.lock, { "package.json": manifest }) }));

for (const { name, files } of managers) {
  test.skipIf(files === null || sandbox === null)(
    `${name}: what its lock file names is installed once, and later without the network`,
    async () => {
      const first = request(files ?? {});
      expect(await say(first, ["node", "main.cjs"], ask)).toMatchObject({ log: "true\n" });
      const again = await say({ ...first, allowNetwork: false }, ["node", "main.cjs"], ask);
      expect(again).toEqual({ log: "true\n", exitCode: 0, steps: ["install dependencies"] });
    },
  );
}

test("pip: pinned requirements are installed as wheels, and pytest runs with them", async () => {
  const files = { "requirements.txt": "iniconfig==2.0.0\n", "requirements-dev.txt": "pytest==8.3.3\n" };
  const tree = { "test_app.py": "import iniconfig\n\ndef test_it():\n    assert iniconfig.IniConfig\n" };
  const got = await say(request(files), ["python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"], tree);
  expect(got.log).toContain("1 passed");
});

test("a manager that fails says why, and a lock file that nobody here reads is named", async () => {
  const offline = { allowNetwork: false };
  const reason = async (files: Readonly<Record<string, string>>) => {
    const outcome = await installDependencies(request(files, offline));
    return "reason" in outcome ? outcome.reason : "installed";
  };
  expect(await reason({ "package.json": manifest })).toContain("no lock file");
  expect(await reason({ "poetry.lock": "" })).toContain("poetry.lock");
  expect(await reason({ "requirements.txt": "no-such-package==1.0\n" })).toMatch(
    /no-such-package.*allowInstallNetwork/s,
  );
  expect(await reason({ "build.gradle.kts": "" })).toContain("without running build.gradle.kts");
  expect(await reason({ "README.md": "", "setup.cfg": "" })).toBe("installed");
});

test("of npm's output what does not fit the lock file is told, without its usage and where its log lies", () => {
  const log = [
    "npm error code EUSAGE",
    "npm error",
    "npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.",
    "npm error",
    "npm error Missing: left-pad@1.3.0 from lock file",
    "npm error Invalid: lock file's zod@3.0.0 does not satisfy zod@4.0.0",
    "npm error",
    "npm error Clean install a project",
    "npm error Usage:",
    "npm error npm ci",
    "npm error A complete log of this run can be found in: /tmp/x.log",
  ].join("\n");
  expect(reasonIn(log)).toBe(
    "`npm ci` can only install packages when your package.json and package-lock.json are in sync. Missing: left-pad@1.3.0 from lock file Invalid: lock file's zod@3.0.0 does not satisfy zod@4.0.0",
  );
  expect(reasonIn("nothing of note\n")).toBeNull();
});
