import { createHash } from "node:crypto";
import { BareRepository } from "../git/bare-repository.ts";
import { diffTrees, type Tree, type TreeChange } from "./diff-trees.ts";

export interface FakeUser {
  readonly login: string;
  readonly isBot: boolean;
  /** The app that acts under it. */
  readonly appId: number | null;
}

export interface FakeCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: string;
  readonly date: string;
  readonly tree: Tree;
}

export interface FakeIssue {
  readonly number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  stateReason: string | null;
  readonly author: FakeUser;
  readonly labels: Set<string>;
  readonly assignees: readonly string[];
  /** Who was asked for a review. */
  readonly reviewers: Set<string>;
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  /** Null where it is no pull request. */
  readonly pull: FakePull | null;
}

export interface FakePull {
  readonly head: string;
  readonly base: string;
  readonly baseSha: string;
  headSha: string;
  readonly isDraft: boolean;
  mergedAt: string | null;
  mergeSha: string | null;
  /** Instead of what the trees say. */
  readonly files: readonly Partial<TreeChange & { previousPath: string }>[] | null;
}

export interface FakeComment {
  readonly id: number;
  readonly issue: number;
  readonly author: FakeUser;
  body: string;
  readonly createdAt: string;
  /** A comment on code. */
  readonly path: string | null;
}

export interface FakeReview {
  readonly id: number;
  readonly pull: number;
  readonly author: FakeUser;
  readonly state: string;
  readonly body: string;
  readonly submittedAt: string;
}

export interface FakeCheck {
  readonly id: number;
  readonly name: string;
  readonly sha: string;
  readonly appId: number;
  status: string;
  conclusion: string | null;
  output: { title: string; summary: string };
}

export interface FakeStatus {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
}

export interface FakeRelease {
  readonly id: number;
  readonly tag: string;
  readonly name: string;
  readonly body: string;
  readonly isDraft: boolean;
  readonly author: FakeUser;
}

/** One repository of the fake, with the verbs by which a test makes history. */
export class FakeRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  /** Where its branches really lie, if not in memory: what git pushes there is seen here. */
  readonly bare: BareRepository | null;
  readonly branches = new Map<string, string>();
  readonly commits = new Map<string, FakeCommit>();
  readonly tags = new Map<string, string>();
  readonly issues = new Map<number, FakeIssue>();
  readonly comments = new Map<number, FakeComment>();
  readonly reviews: FakeReview[] = [];
  readonly checks: FakeCheck[] = [];
  readonly statuses: FakeStatus[] = [];
  readonly releases: FakeRelease[] = [];
  readonly reactions: { readonly comment: number; readonly content: string; readonly author: string }[] = [];
  /** Who may what: admin, write, read. Anybody else may read. */
  readonly collaborators = new Map<string, "admin" | "write" | "read">();
  readonly hooks: { readonly url: string; readonly events: readonly string[]; readonly isActive: boolean }[] = [];
  readonly #now: () => Date;
  #lastId = 0;

  constructor(
    id: number,
    owner: string,
    name: string,
    content: Readonly<Record<string, string>> | BareRepository,
    now: () => Date,
  ) {
    this.id = id;
    this.owner = owner;
    this.name = name;
    this.#now = now;
    this.bare = content instanceof BareRepository ? content : null;
    this.defaultBranch = this.bare?.defaultBranch() ?? "main";
    if (content instanceof BareRepository) this.sync();
    else this.commit(this.defaultBranch, content, { message: "The beginning" });
  }

  /** Reads what git changed in the bare repository, where there is one. */
  sync(): void {
    if (this.bare === null) return;
    const branches = this.bare.branches();
    const isSame =
      branches.size === this.branches.size && [...branches].every(([name, sha]) => this.branches.get(name) === sha);
    if (isSame) return;
    this.branches.clear();
    for (const [name, sha] of branches) this.branches.set(name, sha);
    for (const commit of this.bare.commits()) this.commits.set(commit.sha, commit);
    for (const { pull, state } of this.issues.values()) {
      if (pull !== null && state === "open") pull.headSha = branches.get(pull.head) ?? pull.headSha;
    }
  }

  get fullName(): string {
    return `${this.owner}/${this.name}`;
  }

  now(): string {
    return this.#now()
      .toISOString()
      .replace(/\.\d+Z$/, "Z");
  }

  nextId(): number {
    this.#lastId += 1;
    return this.id * 100_000 + this.#lastId;
  }

  /** A commit on a branch, which is made from the default one where it does not exist; null removes a file. @returns its sha. */
  commit(
    branch: string,
    changes: Readonly<Record<string, string | null>>,
    { message, author = "octocat", parents }: { message: string; author?: string; parents?: readonly string[] },
  ): string {
    const parent = this.branches.get(branch) ?? this.branches.get(this.defaultBranch);
    const tree = new Map(parent === undefined ? [] : this.commits.get(parent)?.tree);
    for (const [path, text] of Object.entries(changes)) {
      if (text === null) tree.delete(path);
      else tree.set(path, text);
    }
    const facts = { parents: parents ?? (parent === undefined ? [] : [parent]), message, author, date: this.now() };
    const sha = createHash("sha1")
      .update(JSON.stringify([this.fullName, this.commits.size, facts, [...tree]]))
      .digest("hex");
    this.commits.set(sha, { sha, ...facts, tree });
    this.branches.set(branch, sha);
    for (const { pull, state } of this.issues.values()) {
      if (pull?.head === branch && state === "open") pull.headSha = sha;
    }
    return sha;
  }

  openIssue(issue: {
    readonly title: string;
    readonly body?: string;
    readonly author?: string | FakeUser;
    readonly labels?: readonly string[];
    readonly assignees?: readonly string[];
    readonly updatedAt?: string;
    readonly pull?: FakePull;
  }): FakeIssue {
    const at = this.now();
    const made: FakeIssue = {
      number: this.issues.size + 1,
      title: issue.title,
      body: issue.body ?? "",
      state: "open",
      stateReason: null,
      author: userOf(issue.author ?? "octocat"),
      labels: new Set(issue.labels),
      assignees: issue.assignees ?? [],
      reviewers: new Set(),
      createdAt: issue.updatedAt ?? at,
      updatedAt: issue.updatedAt ?? at,
      closedAt: null,
      pull: issue.pull ?? null,
    };
    this.issues.set(made.number, made);
    return made;
  }

  openPullRequest(given: {
    readonly title: string;
    readonly head: string;
    readonly base?: string;
    readonly body?: string;
    readonly author?: string | FakeUser;
    readonly labels?: readonly string[];
    readonly isDraft?: boolean;
    readonly updatedAt?: string;
    readonly files?: FakePull["files"];
  }): FakeIssue & { readonly pull: FakePull } {
    const base = given.base ?? this.defaultBranch;
    const pull: FakePull = {
      head: given.head,
      base,
      baseSha: this.branches.get(base) ?? "",
      headSha: this.branches.get(given.head) ?? "",
      isDraft: given.isDraft ?? false,
      mergedAt: null,
      mergeSha: null,
      files: given.files ?? null,
    };
    return this.openIssue({ ...given, pull }) as FakeIssue & { readonly pull: FakePull };
  }

  /** Merges a pull request with a merge commit. @returns its sha. */
  mergePullRequest(number: number): string {
    const issue = this.issues.get(number);
    if (issue?.pull == null) throw new Error(`The fake has no pull request ${number}`);
    const { pull } = issue;
    if (this.bare !== null) {
      pull.mergeSha = this.bare.merge(pull.base, pull.headSha, `${issue.title} (#${number})`);
      pull.mergedAt = this.now();
      issue.state = "closed";
      issue.closedAt = pull.mergedAt;
      this.sync();
      return pull.mergeSha;
    }
    const changes = Object.fromEntries(
      diffTrees(this.treeAt(pull.baseSha), this.treeAt(pull.headSha)).map(({ path }) => [
        path,
        this.treeAt(pull.headSha).get(path) ?? null,
      ]),
    );
    const parents = [this.branches.get(pull.base) ?? "", pull.headSha];
    pull.mergeSha = this.commit(pull.base, changes, { message: `${issue.title} (#${number})`, parents });
    pull.mergedAt = this.now();
    issue.state = "closed";
    issue.closedAt = pull.mergedAt;
    return pull.mergeSha;
  }

  comment(issue: number, body: string, author: string | FakeUser = "octocat", path: string | null = null): FakeComment {
    const made = { id: this.nextId(), issue, author: userOf(author), body, createdAt: this.now(), path };
    this.comments.set(made.id, made);
    const about = this.issues.get(issue);
    if (about !== undefined) about.updatedAt = made.createdAt;
    return made;
  }

  review(pull: number, state: string, author: string | FakeUser = "reviewer", body = ""): FakeReview {
    const made = { id: this.nextId(), pull, author: userOf(author), state, body, submittedAt: this.now() };
    this.reviews.push(made);
    return made;
  }

  treeAt(sha: string): Tree {
    return this.commits.get(sha)?.tree ?? new Map();
  }

  /** The commit of a branch, a tag or an id. */
  resolve(ref: string): string | undefined {
    const name = ref.replace(/^refs\/(heads|tags)\//, "").replace(/^heads\/|^tags\//, "");
    return this.branches.get(name) ?? this.tags.get(name) ?? (this.commits.has(name) ? name : undefined);
  }

  /** A commit and its ancestors, newest first. */
  history(sha: string): string[] {
    const seen = new Set<string>();
    const waiting = [sha];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (seen.has(next) || !this.commits.has(next)) continue;
      seen.add(next);
      waiting.push(...(this.commits.get(next)?.parents ?? []));
    }
    const order = [...this.commits.keys()];
    return [...seen].sort((a, b) => order.indexOf(b) - order.indexOf(a));
  }
}

export function userOf(user: string | FakeUser): FakeUser {
  return typeof user === "string" ? { login: user, isBot: user.endsWith("[bot]"), appId: null } : user;
}
