import type { SandboxBind } from "../sandbox-port.ts";

/** What an installation may ask about the tree. */
export interface InstallFacts {
  readonly files: ReadonlySet<string>;
  /** The text of a file of the tree, or null. */
  readonly read: (path: string) => Promise<string | null>;
  /** npm's own program as seen inside, to fetch other package managers with; null where this machine has none. */
  readonly npm: string | null;
  readonly registry: string | null;
  /** The folder of a Rust toolchain outside the system's folders, on this machine; null where there is none. */
  readonly rust: string | null;
}

/** How the dependencies that a lock file names get onto disk, without running anything of the project. */
export interface InstallPlan {
  readonly manager: string;
  /** The file that says what is installed; it names the folder that is kept. */
  readonly lockPath: string;
  /** The files that the manager reads, with the lock file. */
  readonly sources: readonly string[];
  /** Files that the manager only wants to exist; they are made empty, because what is in them is code of the project. */
  readonly placeholders?: readonly string[];
  /** What has to be on this machine, as `go (Go)`, with how to have it. */
  readonly needs: { readonly program: string; readonly remedy: string };
  /** Folders of this machine that the program needs beside the system's, for installing and for running. */
  readonly binds?: readonly SandboxBind[];
  /** Words as people would type them. */
  readonly words: string;
  /** Fetches into the store, with the network; where it is given, `command` is never given the network. */
  readonly fetch?: readonly string[];
  /** What is run in `/deps`, where the sources are; `offline` may only use what was fetched before. */
  readonly command: (mode: "offline" | "online") => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Nothing that was fetched before is used, so where the network may be asked nothing else is tried first. */
  readonly isFetchedAnew?: boolean;
  /** Whether the project's code gets the store as well, to read. */
  readonly bindsStore?: boolean;
  /** Three minutes where nothing is said. */
  readonly timeoutMs?: number;
  /** What the project's code gets: folders named so, each at its place in the tree; or the whole folder with a word about it. */
  readonly result:
    | { readonly kind: "beside"; readonly folder: "node_modules" | "vendor" }
    | { readonly kind: "apart"; readonly env: Readonly<Record<string, string>> };
}

/** One package manager: whether a tree is its, and how it installs. */
export interface InstallRecipe {
  /** Null where the tree is not for it; a reason where it is, and it can't be installed. */
  readonly plan: (facts: InstallFacts) => Promise<InstallPlan | { readonly reason: string } | null>;
}

/** Where the folder of a result that lies apart stands inside. */
export const apartFolder = "/culprit/deps";

/** Where what a manager fetched is kept between installations. */
export const storeFolder = "/culprit/store";

/** The search path inside, with a folder before the others. */
export function pathWith(folder: string): string {
  return `${folder}:/tree/node_modules/.bin:/culprit/bin:/usr/local/bin:/usr/local/go/bin:/usr/bin:/bin`;
}

/** A word as a shell takes it literally. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A remedy for a program that is not there. */
export function installed(what: string): string {
  return `Install ${what} on the machine where Culprit runs, below /usr; what lies in a home folder is not seen in the sandbox.`;
}
