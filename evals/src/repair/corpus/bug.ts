/** One commit of a history: the files that it changes, with null for those it removes. */
export interface BugCommit {
  readonly author: string;
  readonly message: string;
  readonly changes: ReadonlyMap<string, string | null>;
}

/** What makes the failure happen: requests to the running service, a command line, or a script that calls the project. */
export type Trigger =
  | { readonly kind: "requests"; readonly requests: readonly BugRequest[] }
  | { readonly kind: "command"; readonly words: readonly string[]; readonly stdin: string }
  | { readonly kind: "script"; readonly source: string };

export interface BugRequest {
  readonly method: string;
  readonly path: string;
  /** JSON text, or null. */
  readonly body: string | null;
}

/** A bug with its project's history, how it fails, and how to tell whether a patched tree is right. */
export interface Bug {
  readonly name: string;
  readonly project: string;
  /** How the project is written, in a few words. */
  readonly style: string;
  readonly errorClass: string;
  /** `kept` bugs are for measuring only: nobody looks at one of them while working on repair. */
  readonly split: "dev" | "kept";
  readonly commits: readonly BugCommit[];
  /** Index of the commit that brought the bug. */
  readonly culprit: number;
  readonly trigger: Trigger;
  /** By which door the failure is reported: the Sentry SDK, or Culprit's own JSON. */
  readonly door: "sentry" | "json";
  /** Whether the trigger works before the culprit; where it brought the whole feature it does not. */
  readonly isNew: boolean;
  /** Source of a test that stands beside the tree `app/`. */
  readonly oracle: string;
  /** The files of one right repair, on top of the last commit. */
  readonly repair: ReadonlyMap<string, string | null>;
}

/** The files of a tree by path. */
export type Tree = ReadonlyMap<string, string>;

/** The tree after a commit; all of them when none is named. */
export function treeAt(commits: readonly BugCommit[], index = commits.length - 1): Tree {
  const tree = new Map<string, string>();
  for (const { changes } of commits.slice(0, index + 1)) withChanges(tree, changes);
  return tree;
}

/** The tree of the last commit with the right repair. */
export function repairedTree(bug: Bug): Tree {
  return withChanges(new Map(treeAt(bug.commits)), bug.repair);
}

function withChanges(tree: Map<string, string>, changes: BugCommit["changes"]): Map<string, string> {
  for (const [path, text] of changes) {
    if (text === null) tree.delete(path);
    else tree.set(path, text);
  }
  return tree;
}
