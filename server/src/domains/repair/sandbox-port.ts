/** Ceilings of one sandboxed run. */
export interface SandboxLimits {
  readonly timeoutMs: number;
  /** Resident memory of all its processes together, and of the data of each. */
  readonly memoryMb: number;
  readonly processes: number;
  /** Standard output and error together; more ends the run. */
  readonly outputBytes: number;
  /** Space for the copy of the work tree and all that is written to it; temporary files have as much again. */
  readonly diskMb: number;
}

export interface SandboxBind {
  /** Absolute path on this machine; symbolic links are resolved before. */
  readonly source: string;
  /** Absolute path inside. */
  readonly target: string;
}

export interface SandboxRequest {
  /** Program and arguments, as seen inside: `node` is the Node that runs Culprit, in a container the image's. */
  readonly command: readonly string[];
  /** Copied to `/tree`, which is the working folder; the original is never written. */
  readonly workTree: string | null;
  readonly readOnly: readonly SandboxBind[];
  /** Only for folders that no code of the project writes to, such as a dependency cache. */
  readonly writable: readonly SandboxBind[];
  /** Empty places inside read-only folders where tools insist on writing; each must exist. */
  readonly scratch: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Without it there is a loopback of its own and nothing else. */
  readonly network: boolean;
  /** Run as the owner of the files (without any privilege) instead of as an id that owns nothing. */
  readonly asOwner: boolean;
  readonly limits: SandboxLimits;
}

export type SandboxEnd = "exited" | "timeout" | "output_limit" | "memory_limit" | "process_limit" | "not_started";

export interface SandboxResult {
  readonly exitCode: number | null;
  readonly end: SandboxEnd;
  readonly durationMs: number;
  /** Standard output and error as they came, the middle left out where they were long. */
  readonly log: string;
  /** What the command wrote to the file named by `CULPRIT_RESULT`, up to 4 MB. */
  readonly result: string | null;
}

/**
 * Runs a project's code where it can do no harm: no network, no view of this machine's files beyond the system's
 * programs, no inherited environment, bounded in time, memory, processes, output and disk.
 */
export interface Sandbox {
  /** What separates it, for the record: `bwrap`, `unshare`, `unshare-user`, `podman`, `docker` or `none`. */
  readonly isolation: string;
  /** The container image whose programs run, by its id; none where they are this machine's own. */
  readonly image?: string;
  run(request: SandboxRequest): Promise<SandboxResult>;
}

/** Why there is no isolation, and what helps. */
export interface NoSandbox {
  readonly reason: string;
}

/** Answers the isolation that the settings name or this machine allows. */
export type SandboxProvider = () => Promise<Sandbox | NoSandbox>;
