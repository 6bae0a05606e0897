import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { objectOf, readJsonObject } from "../../analysis/fixers/read-json-object.ts";
import { gradle, maven } from "./install/java-recipes.ts";
import { bun, npm, pnpm, yarn } from "./install/node-recipes.ts";
import { bundler, cargo, composer, go } from "./install/other-recipes.ts";
import { pip } from "./install/python-recipe.ts";
import { apartFolder, type InstallFacts, type InstallPlan, storeFolder } from "./install/recipe.ts";
import { begunStep, describeEnd, noteStep, type ProofStep, stepOf, type TellStep } from "./proof-steps.ts";
import type { PackageSource } from "./repair-deps.ts";
import type { Sandbox, SandboxBind, SandboxResult } from "./sandbox-port.ts";

/** Where the dependencies of a tree are, for the runs of its code. */
export interface Dependencies {
  readonly binds: readonly SandboxBind[];
  readonly scratch: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface InstallRequest {
  /** Reads a file of the tree, or null. */
  readonly readFile: (path: string) => Promise<Buffer | null>;
  readonly files: ReadonlySet<string>;
  readonly folder: string;
  readonly packages: PackageSource;
  readonly sandbox: Sandbox;
  readonly allowNetwork: boolean;
  readonly tell?: TellStep | undefined;
}

type Installed = { readonly dependencies: Dependencies; readonly steps: readonly ProofStep[] };
type NotInstalled = { readonly reason: string; readonly steps: readonly ProofStep[] };

const limits = { timeoutMs: 180_000, memoryMb: 3072, processes: 256, outputBytes: 4_000_000, diskMb: 1024 };
const nothing: Dependencies = { binds: [], scratch: [], env: {} };
const certificates = "/etc/ssl/certs/ca-certificates.crt";
const nodeRecipes = [npm, pnpm, yarn, bun];
const otherRecipes = [pip, go, cargo, maven, gradle, bundler, composer];

/**
 * Installs what the lock file names, once per lock file: later calls take it from the folder. Scripts of packages
 * never run where the manager can be told so; the registry is asked only where `allowNetwork` says so, after what was fetched
 * before had not enough. A tree with several managers gets what each of them installs.
 */
export async function installDependencies(request: InstallRequest): Promise<Installed | NotInstalled> {
  const facts = factsOf(request);
  const plans: InstallPlan[] = [];
  // A manifest for Node says what the tests are run with; a file of requirements beside it serves the documentation or a script.
  const planned = request.files.has("package.json")
    ? [await nodePlan(request, facts)]
    : await Promise.all(otherRecipes.map(({ plan }) => plan(facts)));
  for (const plan of planned) {
    if (plan === null) continue;
    if ("reason" in plan) return { reason: plan.reason, steps: [] };
    plans.push(plan);
  }
  let all: Installed = { dependencies: nothing, steps: [] };
  for (const plan of plans) {
    const installed = await install(request, plan);
    const steps = [...all.steps, ...installed.steps];
    if ("reason" in installed) return { reason: installed.reason, steps };
    const { binds, scratch, env } = installed.dependencies;
    const before = all.dependencies;
    all = {
      dependencies: {
        binds: [...before.binds, ...binds],
        scratch: [...before.scratch, ...scratch],
        env: { ...before.env, ...env },
      },
      steps,
    };
  }
  return all;
}

async function nodePlan(
  request: InstallRequest,
  facts: InstallFacts,
): Promise<InstallPlan | { readonly reason: string } | null> {
  const manifest = await facts.read("package.json");
  if (manifest === null || !needsDependencies(manifest)) return null;
  if ([...request.files].some((path) => path.startsWith("node_modules/"))) return null;
  for (const recipe of nodeRecipes) {
    const plan = await recipe.plan(facts);
    if (plan !== null) return plan;
  }
  return { reason: "The project has dependencies and no lock file that says which." };
}

async function install(request: InstallRequest, plan: InstallPlan): Promise<Installed | NotInstalled> {
  const sources: [string, Buffer][] = [];
  const hash = createHash("sha256").update(process.version).update(process.arch).update(plan.manager);
  // What is compiled for one Node or C library does not run with another.
  if (request.sandbox.image !== undefined) hash.update(request.sandbox.image);
  for (const path of [plan.lockPath, ...plan.sources]) {
    const content = await request.readFile(path);
    if (content === null) continue;
    sources.push([path, content]);
    hash.update(`\0${path}\0`).update(content);
  }
  const target = resolve(request.folder, hash.digest("hex").slice(0, 32));
  if (existsSync(target)) {
    const step = noteStep("install dependencies", plan.words, "skipped", "Installed before for the same lock file.");
    return { dependencies: await dependenciesAt(target, request, plan), steps: [step] };
  }
  const draft = `${target}.${randomUUID()}`;
  const steps: ProofStep[] = [];
  try {
    for (const [path, content] of sources) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
      await writeFile(join(draft, path), content);
    }
    let reason = "The dependencies could not be installed.";
    for (const path of plan.placeholders ?? []) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
      await writeFile(join(draft, path), "");
    }
    const first = plan.isFetchedAnew === true && request.allowNetwork ? [] : (["offline"] as const);
    for (const mode of request.allowNetwork ? [...first, "online" as const] : first) {
      let outcome: Outcome;
      if (mode === "online" && plan.fetch !== undefined) {
        outcome = await runInstaller(request, plan, draft, { name: "fetch dependencies", mode, command: plan.fetch });
        steps.push(outcome.step);
        if (!outcome.isDone) return { reason: outcome.reason, steps };
        const name = "install dependencies (fetched)";
        outcome = await runInstaller(request, plan, draft, { name, mode: "offline", command: plan.command("offline") });
      } else {
        const name = `install dependencies (${mode})`;
        outcome = await runInstaller(request, plan, draft, { name, mode, command: plan.command(mode) });
      }
      steps.push(outcome.step);
      if (outcome.isDone) {
        await rename(draft, target).catch((error: unknown) => {
          // Another run was faster with the same lock file.
          if (!existsSync(target)) throw error;
        });
        return { dependencies: await dependenciesAt(target, request, plan), steps };
      }
      reason = outcome.reason;
    }
    return { reason, steps };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

interface Outcome {
  readonly step: ProofStep;
  readonly isDone: boolean;
  readonly reason: string;
}

async function runInstaller(
  request: InstallRequest,
  plan: InstallPlan,
  draft: string,
  run: { readonly name: string; readonly mode: "offline" | "online"; readonly command: readonly string[] },
): Promise<Outcome> {
  const { name, mode, command } = run;
  const { cliPath, cacheFolder } = request.packages;
  const cache = cacheFolder === null ? null : join(cacheFolder, "_cacache");
  const store = storeOf(request, plan);
  await mkdir(store, { recursive: true });
  const hasCertificates = mode === "online" && existsSync(certificates);
  await request.tell?.(begunStep(name, plan.words));
  const result = await request.sandbox.run({
    command: ["/bin/sh", "-c", `cd /deps && exec "$@"`, "sh", ...command],
    workTree: null,
    readOnly: [
      ...(cliPath === null ? [] : [{ source: dirname(dirname(cliPath)), target: npmFolder }]),
      ...(plan.binds ?? []),
    ],
    writable: [
      { source: draft, target: "/deps" },
      { source: store, target: storeFolder },
      ...(cache !== null && existsSync(cache) ? [{ source: cache, target: "/tmp/npm/_cacache" }] : []),
    ],
    scratch: [],
    env: {
      ...plan.env,
      ...(hasCertificates
        ? { SSL_CERT_FILE: certificates, PIP_CERT: certificates, NODE_EXTRA_CA_CERTS: certificates }
        : {}),
    },
    network: mode === "online",
    asOwner: true,
    limits: { ...limits, timeoutMs: plan.timeoutMs ?? limits.timeoutMs },
  });
  const isDone = result.exitCode === 0;
  const step = stepOf(name, plan.words, result, isDone);
  await request.tell?.(step);
  return { step, isDone, reason: `The dependencies could not be installed: ${whyNot(plan, result, mode)}` };
}

const notFoundExit = 127;

function whyNot({ needs }: InstallPlan, result: SandboxResult, mode: "offline" | "online"): string {
  if (result.exitCode === notFoundExit)
    return `there is no ${needs.program} for the sandbox to run. ${needs.remedy}`.trim();
  const why = (reasonIn(result.log) ?? describeEnd(result)).replace(/\.+$/, "");
  const advice = "With the project's setting allowInstallNetwork they may be fetched from the registry.";
  return mode === "offline" ? `${why}. ${advice}` : `${why}.`;
}

const npmLinesMax = 6;

/** The lines of a package manager's output that say most. */
export function reasonIn(log: string): string | null {
  // npm says first that something is wrong and then what: which packages are missing, which versions do not fit.
  const npm = [...log.matchAll(/^npm (?:error|ERR!) (?!code\b)(?!A complete log\b)(?!\s*$)(.+)$/gm)].map(
    ([, line = ""]) => line.trim(),
  );
  const end = npm.findIndex((line) => /^(?:Clean install a project|Usage:)/.test(line));
  const told = (end < 0 ? npm : npm.slice(0, end)).slice(0, npmLinesMax);
  if (told.length > 0) return told.join(" ").slice(0, 800);
  const match =
    /^\s*(ERR_PNPM_\w+.+)$/m.exec(log) ??
    /^(?:error:?|ERROR:?|\[ERROR\]|go:|.*YN\d+:)\s+(.+)$/m.exec(log) ??
    /^(Could not find .+|.*No module named pip)$/m.exec(log) ??
    /^(.*not found)$/m.exec(log);
  return match?.[1]?.trim().slice(0, 500) ?? null;
}

const npmFolder = "/culprit/npm";

function factsOf(request: InstallRequest): InstallFacts {
  return {
    files: request.files,
    read: async (path) => (request.files.has(path) ? ((await request.readFile(path))?.toString("utf8") ?? null) : null),
    npm: request.packages.cliPath === null ? null : `${npmFolder}/bin/npm-cli.js`,
    registry: request.packages.registry,
    rust: request.packages.rust ?? null,
  };
}

function storeOf(request: InstallRequest, { manager }: InstallPlan): string {
  return join(request.folder, "stores", manager);
}

async function dependenciesAt(folder: string, request: InstallRequest, plan: InstallPlan): Promise<Dependencies> {
  const { result } = plan;
  const binds: SandboxBind[] = [...(plan.binds ?? [])];
  if (plan.bindsStore === true) binds.push({ source: storeOf(request, plan), target: storeFolder });
  if (result.kind === "apart")
    return { binds: [...binds, { source: folder, target: apartFolder }], scratch: [], env: result.env };
  const scratch: string[] = [];
  for (const path of await findFolders(folder, result.folder, "", 4)) {
    binds.push({ source: join(folder, path), target: `/tree/${path}` });
    if (result.folder !== "node_modules") continue;
    // Tools write their caches here even where the rest is read-only.
    for (const name of [".vite", ".vite-temp", ".vitest-cache", ".cache"]) {
      await mkdir(join(folder, path, name), { recursive: true });
      scratch.push(`/tree/${path}/${name}`);
    }
  }
  return { binds, scratch, env: {} };
}

async function findFolders(folder: string, wanted: string, path: string, depth: number): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const child = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.name === wanted) found.push(child);
    else if (depth > 0) found.push(...(await findFolders(folder, wanted, child, depth - 1)));
  }
  return found;
}

function needsDependencies(manifest: string): boolean {
  const facts = readJsonObject(manifest);
  return (
    ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"].some(
      (field) => Object.keys(objectOf(facts[field])).length > 0,
    ) || facts.workspaces !== undefined
  );
}
