import { lstat, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { type Dependencies, installDependencies } from "./install-dependencies.ts";
import type { RepairCase } from "./load-repair-case.ts";
import { filesOfPackage, insidePackage } from "./package-folder.ts";
import type { ProofStep, TellStep } from "./proof-steps.ts";
import type { RepairDeps } from "./repair-deps.ts";
import type { FileEdit, RepairRepository } from "./repository-port.ts";
import type { Sandbox, SandboxResult } from "./sandbox-port.ts";

/** A tree on disk with the dependencies its lock file names, ready to be run. */
export interface PreparedTree {
  readonly folder: string;
  readonly dependencies: Dependencies;
}

type Prepared = { readonly tree: PreparedTree; readonly steps: readonly ProofStep[] };
type NotPrepared = { readonly reason: string; readonly steps: readonly ProofStep[]; readonly isPatchAtFault: boolean };

/** Makes trees of one repository and runs commands in copies of them. */
export interface TreeRuns {
  readonly sandbox: Sandbox;
  prepare(commit: string, diffs: readonly string[], edits?: readonly FileEdit[]): Promise<Prepared | NotPrepared>;
  run(tree: PreparedTree, command: readonly string[], timeoutMs?: number): Promise<SandboxResult>;
}

const fileBytesMax = 32 * 1024 * 1024;
const limits = { memoryMb: 2048, processes: 256, outputBytes: 8_000_000, diskMb: 512 };

/** Ties a repository to a sandbox. Nothing is installed or written before it is asked for. */
export function createTreeRuns(
  deps: RepairDeps,
  repairCase: Pick<RepairCase, "allowInstallNetwork">,
  repository: RepairRepository,
  sandbox: Sandbox,
  { packageFolder = "", tell = () => {} }: { readonly packageFolder?: string; readonly tell?: TellStep } = {},
): TreeRuns {
  const inTree = packageFolder === "" ? "" : `${packageFolder}/`;
  return {
    sandbox,
    async prepare(commit, diffs, edits = []) {
      const made = await repository.materialise(commit, diffs, edits);
      if ("reason" in made)
        return { reason: `The patch does not apply: ${made.reason}`, steps: [], isPatchAtFault: true };
      const files = (await repository.listFiles(commit)).map(({ path }) => path);
      const installed = await installDependencies({
        readFile: (path) => readInside(made.folder, inTree + path),
        files: new Set(filesOfPackage(packageFolder, files)),
        folder: deps.dependencyFolder,
        packages: deps.packages,
        sandbox,
        allowNetwork: repairCase.allowInstallNetwork,
        tell,
      });
      if ("reason" in installed) return { ...installed, isPatchAtFault: false };
      const dependencies = below(packageFolder, installed.dependencies);
      return { tree: { folder: made.folder, dependencies }, steps: installed.steps };
    },
    run(tree, command, timeoutMs = 60_000) {
      return sandbox.run({
        command: inFolder(packageFolder, command),
        workTree: tree.folder,
        readOnly: tree.dependencies.binds,
        writable: [],
        scratch: tree.dependencies.scratch,
        env: tree.dependencies.env,
        network: false,
        asOwner: false,
        limits: { ...limits, timeoutMs },
      });
    },
  };
}

/** The command as it is given in the package's own folder, where its configuration and its `node_modules` are. */
function inFolder(folder: string, command: readonly string[]): readonly string[] {
  if (folder === "") return command;
  return ["sh", "-c", `cd "$0" && exec "$@"`, folder, ...command.map((word) => insidePackage(folder, word))];
}

function below(folder: string, dependencies: Dependencies): Dependencies {
  if (folder === "") return dependencies;
  const moved = (path: string): string => path.replace(/^\/tree\//, `/tree/${folder}/`);
  return {
    binds: dependencies.binds.map(({ source, target }) => ({ source, target: moved(target) })),
    scratch: dependencies.scratch.map(moved),
    env: {
      PATH: `/tree/${folder}/node_modules/.bin:/culprit/bin:/usr/local/bin:/usr/local/go/bin:/usr/bin:/bin`,
      ...dependencies.env,
    },
  };
}

/** Reads a regular file of a tree that others wrote; a link that leads out of it reads as absent. */
async function readInside(folder: string, path: string): Promise<Buffer | null> {
  try {
    const real = await realpath(join(folder, path));
    const root = await realpath(folder);
    if (!real.startsWith(`${root}/`)) return null;
    const facts = await lstat(real);
    return facts.isFile() && facts.size <= fileBytesMax ? await readFile(real) : null;
  } catch {
    return null;
  }
}
