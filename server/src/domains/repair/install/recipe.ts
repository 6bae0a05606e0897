/** What an installation may ask about the tree. */
export interface InstallFacts {
  readonly files: ReadonlySet<string>;
  /** The text of a file of the tree, or null. */
  readonly read: (path: string) => Promise<string | null>;
  /** npm's own program as seen inside, to fetch other package managers with; null where this machine has none. */
  readonly npm: string | null;
  readonly registry: string | null;
}

/** How the dependencies that a lock file names get onto disk, without running anything of the project. */
export interface InstallPlan {
  readonly manager: string;
  /** The file that says what is installed; it names the folder that is kept. */
  readonly lockPath: string;
  /** The files that the manager reads, with the lock file. */
  readonly sources: readonly string[];
  /** Words as people would type them. */
  readonly words: string;
  /** What is run in `/deps`, where the sources are; `offline` may only use what was fetched before. */
  readonly command: (mode: "offline" | "online") => readonly string[];
  readonly env: Readonly<Record<string, string>>;
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
