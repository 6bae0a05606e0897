import { lstat, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { type Dependencies, installDependencies } from "./install-dependencies.ts";
import type { RepairCase } from "./load-repair-case.ts";
import type { ProofStep } from "./proof-steps.ts";
import type { RepairDeps } from "./repair-deps.ts";
import type { RepairRepository } from "./repository-port.ts";
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
  prepare(commit: string, diffs: readonly string[]): Promise<Prepared | NotPrepared>;
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
): TreeRuns {
  const fileLists = new Map<string, Promise<ReadonlySet<string>>>();
  const filesOf = (commit: string): Promise<ReadonlySet<string>> => {
    const known =
      fileLists.get(commit) ??
      repository.listFiles(commit).then((entries) => new Set(entries.map((entry) => entry.path)));
    fileLists.set(commit, known);
    return known;
  };
  return {
    sandbox,
    async prepare(commit, diffs) {
      const made = await repository.materialise(commit, diffs);
      if ("reason" in made)
        return { reason: `The patch does not apply: ${made.reason}`, steps: [], isPatchAtFault: true };
      const installed = await installDependencies({
        readFile: (path) => readInside(made.folder, path),
        files: await filesOf(commit),
        folder: deps.dependencyFolder,
        packages: deps.packages,
        sandbox,
        allowNetwork: repairCase.allowInstallNetwork,
      });
      if ("reason" in installed) return { ...installed, isPatchAtFault: false };
      return { tree: { folder: made.folder, dependencies: installed.dependencies }, steps: installed.steps };
    },
    run(tree, command, timeoutMs = 60_000) {
      return sandbox.run({
        command,
        workTree: tree.folder,
        readOnly: tree.dependencies.binds,
        writable: [],
        scratch: tree.dependencies.scratch,
        env: {},
        network: false,
        asOwner: false,
        limits: { ...limits, timeoutMs },
      });
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
