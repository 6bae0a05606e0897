import type { ProofProgress } from "@culprit/contract";
import type { SyntaxNode } from "../../analysis/fixers/syntax.ts";
import type { Database } from "../../platform/db/open-database.ts";
import type { OpenRepairRepository } from "./repository-port.ts";
import type { Sandbox, SandboxProvider } from "./sandbox-port.ts";

/** How dependencies are fetched. */
export interface PackageSource {
  /** `npm-cli.js` on this machine, or null where there is no npm. */
  readonly cliPath: string | null;
  /** The folder of npm's cache, which makes an installation without network possible. */
  readonly cacheFolder: string | null;
  /** The registry that filled the cache; null for npm's default. */
  readonly registry: string | null;
  /** The folder of a Rust toolchain that lies in a home folder, as rustup keeps it; null where there is none. */
  readonly rust?: string | null;
}

/** What repair needs from outside, put together by the composition root. */
export interface RepairDeps {
  readonly database: Pick<Database, "db" | "transaction">;
  readonly openRepository: OpenRepairRepository;
  readonly sandbox: SandboxProvider;
  /** Taken where there is no isolation and the project's settings say `allowUnisolatedProof`. */
  readonly unisolatedSandbox: Sandbox;
  readonly parseModule: (path: string, source: string) => SyntaxNode | null;
  /** Where installed dependencies are kept, one folder per lock file. */
  readonly dependencyFolder: string;
  readonly packages: PackageSource;
  /** How long one run of the project's tests may take; 3 minutes where nothing is said. */
  readonly suiteTimeoutMs?: number;
}

/** Says what is being done, for the log of the execution; `step` where it is one of the proof's. */
export type Progress = (message: string, step?: ProofProgress) => void | Promise<void>;
