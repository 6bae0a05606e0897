import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { describeEnd, noteStep, type ProofStep, stepOf } from "./proof-steps.ts";
import type { PackageSource } from "./repair-deps.ts";
import type { Sandbox, SandboxBind } from "./sandbox-port.ts";

/** Where the dependencies of a tree are, for the runs of its code. */
export interface Dependencies {
  readonly binds: readonly SandboxBind[];
  readonly scratch: readonly string[];
}

export interface InstallRequest {
  /** Reads a file of the tree, or null. */
  readonly readFile: (path: string) => Promise<Buffer | null>;
  readonly files: ReadonlySet<string>;
  readonly folder: string;
  readonly packages: PackageSource;
  readonly sandbox: Sandbox;
  readonly allowNetwork: boolean;
}

type Installed = { readonly dependencies: Dependencies; readonly steps: readonly ProofStep[] };
type NotInstalled = { readonly reason: string; readonly steps: readonly ProofStep[] };

const limits = { timeoutMs: 180_000, memoryMb: 3072, processes: 256, outputBytes: 4_000_000, diskMb: 1024 };
const nothing: Dependencies = { binds: [], scratch: [] };

/**
 * Installs what the lock file names, once per lock file: later calls take it from the folder. Scripts of packages
 * never run; the registry is asked only where `allowNetwork` says so, after the local cache had not enough.
 */
export async function installDependencies(request: InstallRequest): Promise<Installed | NotInstalled> {
  const manifest = await readText(request, "package.json");
  if (manifest === null || !needsDependencies(manifest)) return { dependencies: nothing, steps: [] };
  if ([...request.files].some((path) => path.startsWith("node_modules/"))) return { dependencies: nothing, steps: [] };
  const lockPath = ["package-lock.json", "npm-shrinkwrap.json"].find((path) => request.files.has(path));
  const lock = lockPath === undefined ? null : await readText(request, lockPath);
  if (lockPath === undefined || lock === null) return { reason: missingLock(request.files), steps: [] };
  if (request.packages.cliPath === null) return { reason: "npm was not found on this machine.", steps: [] };

  const sources = await readSources(request, manifest, lock);
  const hash = createHash("sha256").update(process.version).update(process.arch).update(lock);
  for (const [path, content] of sources) hash.update(`\0${path}\0`).update(content);
  const target = resolve(request.folder, hash.digest("hex").slice(0, 32));
  if (existsSync(target))
    return {
      dependencies: await dependenciesAt(target),
      steps: [noteStep("install dependencies", "npm ci", "skipped", "Installed before for the same lock file.")],
    };

  const draft = `${target}.${randomUUID()}`;
  const steps: ProofStep[] = [];
  try {
    for (const [path, content] of [...sources, [lockPath, lock] as const]) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
      await writeFile(join(draft, path), content);
    }
    for (const mode of request.allowNetwork ? (["offline", "online"] as const) : (["offline"] as const)) {
      const { step, isInstalled, reason } = await runNpm(request, draft, mode);
      steps.push(step);
      if (isInstalled) {
        await rename(draft, target).catch((error: unknown) => {
          // Another run was faster with the same lock file.
          if (!existsSync(target)) throw error;
        });
        return { dependencies: await dependenciesAt(target), steps };
      }
      if (mode === "online" || !request.allowNetwork) return { reason, steps };
    }
    return { reason: "The dependencies could not be installed.", steps };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function runNpm(
  request: InstallRequest,
  draft: string,
  mode: "offline" | "online",
): Promise<{ step: ProofStep; isInstalled: boolean; reason: string }> {
  const { cliPath, cacheFolder, registry } = request.packages;
  const cache = cacheFolder === null ? null : join(cacheFolder, "_cacache");
  const hasCache = cache !== null && existsSync(cache);
  const flags = [
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--loglevel=error",
    "--logs-max=0",
  ];
  const command = ["node", "/culprit/npm/bin/npm-cli.js", ...flags, ...(mode === "offline" ? ["--offline"] : [])];
  const result = await request.sandbox.run({
    command: ["sh", "-c", `cd /deps && exec "$@"`, "sh", ...command],
    workTree: null,
    readOnly: [{ source: dirname(dirname(cliPath ?? "")), target: "/culprit/npm" }],
    writable: [
      { source: draft, target: "/deps" },
      ...(hasCache ? [{ source: cache, target: "/tmp/npm/_cacache" }] : []),
    ],
    scratch: [],
    env: { npm_config_cache: "/tmp/npm", ...(registry === null ? {} : { npm_config_registry: registry }) },
    network: mode === "online",
    asOwner: true,
    limits,
  });
  const isInstalled = result.exitCode === 0;
  const why = /npm (?:error|ERR!) (?!code)(.+)/.exec(result.log)?.[1] ?? describeEnd(result);
  const advice =
    mode === "offline" ? " With the project's setting allowInstallNetwork they may be fetched from the registry." : "";
  return {
    step: stepOf(
      `install dependencies (${mode})`,
      `npm ci --ignore-scripts${mode === "offline" ? " --offline" : ""}`,
      result,
      isInstalled,
    ),
    isInstalled,
    reason: `The dependencies could not be installed: ${why.replace(/\.+$/, "")}.${advice}`,
  };
}

/** What npm reads of the tree: the manifests of the root, the workspaces and linked folders, and packed packages. */
async function readSources(request: InstallRequest, root: string, lock: string): Promise<[string, string | Buffer][]> {
  const sources: [string, string | Buffer][] = [["package.json", root]];
  for (const [entry, facts] of Object.entries(recordOf(recordOf(parse(lock)).packages)).sort()) {
    const { resolved } = recordOf(facts);
    const packed = typeof resolved === "string" ? /^file:(.+\.(?:tgz|tar\.gz|tar))$/.exec(resolved)?.[1] : undefined;
    const isOwn = entry !== "" && !entry.split("/").includes("node_modules");
    const path = packed ?? (isOwn ? `${entry}/package.json` : null);
    if (path === null || path.startsWith("/") || path.split("/").includes("..")) continue;
    const content = await request.readFile(path);
    if (content !== null) sources.push([path, content]);
  }
  return sources;
}

async function readText(request: InstallRequest, path: string): Promise<string | null> {
  return (await request.readFile(path))?.toString("utf8") ?? null;
}

async function dependenciesAt(folder: string): Promise<Dependencies> {
  const binds: SandboxBind[] = [];
  const scratch: string[] = [];
  for (const path of await findModuleFolders(folder, "", 4)) {
    binds.push({ source: join(folder, path), target: `/tree/${path}` });
    // Tools write their caches here even where the rest is read-only.
    for (const name of [".vite", ".vite-temp", ".vitest-cache", ".cache"]) {
      await mkdir(join(folder, path, name), { recursive: true });
      scratch.push(`/tree/${path}/${name}`);
    }
  }
  return { binds, scratch };
}

async function findModuleFolders(folder: string, path: string, depth: number): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const child = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.name === "node_modules") found.push(child);
    else if (depth > 0) found.push(...(await findModuleFolders(folder, child, depth - 1)));
  }
  return found;
}

function needsDependencies(manifest: string): boolean {
  const facts = recordOf(parse(manifest));
  return (
    ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"].some(
      (field) => Object.keys(recordOf(facts[field])).length > 0,
    ) || facts.workspaces !== undefined
  );
}

function missingLock(files: ReadonlySet<string>): string {
  const other = ["yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"].find((path) => files.has(path));
  return other === undefined
    ? "The project has dependencies and no lock file that says which."
    : `The project's dependencies are locked in ${other}; only npm's lock files can be installed yet.`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
