/** What the pull-request actions ask of a forge. GitHub implements it; another forge would too. All text is hostile. */

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly isMerged: boolean;
  readonly isDraft: boolean;
  readonly author: string;
  readonly labels: readonly string[];
  readonly baseBranch: string;
  readonly baseSha: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly createdAt: Date;
  readonly mergedAt: Date | null;
  readonly closedAt: Date | null;
  readonly url: string;
}

export interface ChangedFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: "added" | "removed" | "modified" | "renamed";
  readonly additions: number;
  readonly deletions: number;
  /** The unified diff's hunks; null for a binary or a too large file. */
  readonly patch: string | null;
}

export interface Review {
  readonly author: string;
  readonly isBot: boolean;
  /** APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING. */
  readonly state: string;
  readonly body: string;
  readonly submittedAt: Date | null;
}

export interface ForgeComment {
  readonly id: string;
  readonly author: string;
  readonly isBot: boolean;
  readonly body: string;
  readonly url: string;
  readonly createdAt: Date;
  readonly path: string | null;
}

export interface ForgeIssue {
  readonly number: number;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly labels: readonly string[];
  readonly author: string;
  readonly isPullRequest: boolean;
  readonly updatedAt: Date;
  readonly url: string;
}

/** Where something that was made can be seen. */
export interface Made {
  readonly id: string;
  readonly url: string;
}

/**
 * One repository at a forge. What writes takes a `marker`, an invisible comment that is put into the text, by which the
 * same thing is found again (`find…`) before it is made a second time.
 * @throws VendorRefused, HttpNotSent, HttpUncertain (see provider-port.ts).
 */
export interface Forge {
  /** `owner/name`. */
  readonly repository: string;
  /** The integration through which it is reached, for the rows of what goes out; null where it was opened without one. */
  readonly integrationId: string | null;
  pullRequest(number: number): Promise<PullRequest>;
  changedFiles(number: number): Promise<readonly ChangedFile[]>;
  reviews(number: number): Promise<readonly Review[]>;
  /** Comments of the conversation and of the code, oldest first. */
  comments(number: number): Promise<readonly ForgeComment[]>;
  /** Open issues and pull requests that nobody touched since, oldest first; at most `limit`. */
  staleIssues(since: Date, limit: number): Promise<readonly ForgeIssue[]>;
  /** Titles and authors of what was merged into the default branch between two refs, newest first; at most 200. */
  mergedBetween(
    from: string,
    to: string,
  ): Promise<
    readonly {
      readonly number: number | null;
      readonly title: string;
      readonly author: string;
      readonly sha: string;
      readonly labels: readonly string[];
    }[]
  >;
  latestTags(limit: number): Promise<readonly { readonly name: string; readonly sha: string }[]>;
  /** A file's text at a ref; null where there is none. */
  file(path: string, ref: string): Promise<string | null>;
  /** Paths of the files right inside a folder at a ref; empty where there is none. */
  filesIn(folder: string, ref: string): Promise<readonly string[]>;
  defaultBranch(): Promise<string>;
  /** The commit at the tip of a branch; null where there is no such branch. */
  branchTip(branch: string): Promise<string | null>;
  /** Whether a person may write to the repository. */
  mayWrite(login: string): Promise<boolean>;

  postComment(number: number, body: string, marker: string): Promise<Made>;
  findComment(number: number, marker: string): Promise<Made | null>;
  updateComment(id: string, body: string, marker: string): Promise<Made>;
  addLabels(number: number, labels: readonly string[]): Promise<void>;
  removeLabel(number: number, label: string): Promise<void>;
  createIssue(
    issue: {
      readonly title: string;
      readonly body: string;
      readonly labels: readonly string[];
      readonly assignees: readonly string[];
    },
    marker: string,
  ): Promise<Made & { readonly number: number }>;
  findIssue(marker: string): Promise<(Made & { readonly number: number }) | null>;
  closeIssue(number: number, reason: "completed" | "not_planned"): Promise<void>;
  /** Creates or updates the check run of that name at a commit. */
  setCheck(check: {
    readonly name: string;
    readonly sha: string;
    readonly conclusion: "success" | "failure" | "neutral";
    readonly title: string;
    readonly summary: string;
  }): Promise<Made>;
  /** Commit status, for merge gates. */
  setStatus(status: {
    readonly context: string;
    readonly sha: string;
    readonly state: "success" | "failure" | "pending";
    readonly description: string;
    readonly url: string | null;
  }): Promise<void>;
  react(commentId: string, reaction: "eyes" | "+1" | "rocket"): Promise<void>;
  createRelease(release: {
    readonly tag: string;
    readonly name: string;
    readonly body: string;
    readonly isDraft: boolean;
  }): Promise<Made>;
  findRelease(tag: string): Promise<Made | null>;
  /** Makes a branch at a commit. The same one again changes nothing. */
  createBranch(branch: string, sha: string): Promise<void>;
  /** Commits one file to a branch. The same text again makes no commit. */
  putFile(file: {
    readonly path: string;
    readonly text: string;
    readonly branch: string;
    readonly message: string;
  }): Promise<void>;
  createPullRequest(
    pullRequest: {
      readonly title: string;
      readonly body: string;
      readonly head: string;
      readonly base: string;
      readonly isDraft: boolean;
    },
    marker: string,
  ): Promise<Made & { readonly number: number }>;
  /** An open one from that branch of this repository. */
  findPullRequest(head: string): Promise<(Made & { readonly number: number }) | null>;
}

/** The forge of a project's repository. @throws CulpritError NOT_FOUND with the remedy where none is connected. */
export type OpenForge = (projectId: string, repository?: string) => Promise<Forge>;
