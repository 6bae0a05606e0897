/** What betrays that a repository was made or is run with a platform. All of it is compared without case. */
export interface PlatformSignature {
  readonly id: string;
  readonly title: string;
  readonly kind: "app_builder" | "coding_tool" | "hosting";
  /** Paths from the root; `*` stands for anything but a slash. */
  readonly files: readonly string[];
  /** Folders from the root, without a slash at the end. */
  readonly folders: readonly string[];
  /** Packages of `package.json`; one that ends in `/` is a scope. */
  readonly dependencies: readonly string[];
  /** Names of scripts in `package.json`. */
  readonly scripts: readonly string[];
  /** Parts of commit messages. */
  readonly commits: readonly string[];
  /** Parts of README, environment examples, Dockerfile and `package.json`. */
  readonly content: readonly string[];
  /** Parts of names in environment examples. */
  readonly env: readonly string[];
  /** What Culprit's workflows and reviews should know of such a repository. */
  readonly config: Readonly<Record<string, unknown>>;
}

type Parts = Partial<Omit<PlatformSignature, "id" | "title" | "kind">>;

/** A signature of its parts; what is left out is empty. */
export function signature(id: string, title: string, kind: PlatformSignature["kind"], parts: Parts): PlatformSignature {
  const empty = {
    files: [],
    folders: [],
    dependencies: [],
    scripts: [],
    commits: [],
    content: [],
    env: [],
    config: {},
  };
  return { id, title, kind, ...empty, ...parts };
}
