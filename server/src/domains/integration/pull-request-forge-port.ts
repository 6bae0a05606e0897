import type { ChangedFile, Made } from "./forge-port.ts";

/**
 * What opening and following pull requests asks of a forge: small, so that each can answer it. One suite runs against all
 * (`vendors/pull-request-forge-conformance.ts`). Branches are pushed by git, not by this. All text is hostile.
 */

export const forgeKinds = ["github", "gitlab", "gitea"] as const;
export type ForgeKind = (typeof forgeKinds)[number];

/** Where git pushes to, and who it says it is. */
export interface GitRemote {
  /** http(s), without credentials. */
  readonly url: string;
  readonly credentials: { readonly username: string; readonly password: string };
}

export interface PullRequestRef {
  readonly number: number;
  readonly url: string;
}

export interface ListedPullRequest extends PullRequestRef {
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly headBranch: string;
  readonly createdAt: Date;
}

export interface PullRequestToOpen {
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
  readonly isDraft: boolean;
}

/** How a pull request stands. */
export interface PullRequestState extends PullRequestRef {
  readonly title: string;
  readonly state: "open" | "merged" | "closed";
  readonly headSha: string;
  readonly mergedAt: Date | null;
  readonly closedAt: Date | null;
  /** Of its newest commit, as the forge counts them: a failing one outweighs one that runs. */
  readonly checks: {
    readonly state: "none" | "pending" | "success" | "failure";
    readonly total: number;
    readonly failing: readonly string[];
  };
  /** What each reviewer said last: one who wants changes outweighs those who approve. */
  readonly reviews: {
    readonly state: "none" | "approved" | "changes_requested";
    readonly approvedBy: readonly string[];
    readonly changesRequestedBy: readonly string[];
  };
}

/**
 * One repository at a forge. A `marker` is an invisible comment in what is written, by which it is found again before it is
 * written a second time.
 * @throws VendorRefused, HttpNotSent, HttpUncertain (see provider-port.ts).
 */
export interface PullRequestForge {
  readonly kind: ForgeKind;
  /** `owner/name`, at GitLab with all its groups. */
  readonly repository: string;
  readonly integrationId: string | null;
  remote(): Promise<GitRemote>;
  /** Under which commits are made. */
  identity(): Promise<{ readonly name: string; readonly email: string }>;
  defaultBranch(): Promise<string>;
  openPullRequest(pullRequest: PullRequestToOpen, marker: string): Promise<PullRequestRef>;
  /** The open one from a branch of this repository. */
  findPullRequest(headBranch: string): Promise<PullRequestRef | null>;
  /** Open ones, newest first, at most `limit`. */
  openPullRequests(limit: number): Promise<readonly ListedPullRequest[]>;
  changedFiles(number: number): Promise<readonly ChangedFile[]>;
  /** Null where there is no such one (any more). */
  pullRequestState(number: number): Promise<PullRequestState | null>;
  comment(number: number, body: string, marker: string): Promise<Made>;
  findComment(number: number, marker: string): Promise<Made | null>;
  /** Closes it without a merge. A closed one stays as it is. */
  close(number: number): Promise<void>;
  addLabels(number: number, labels: readonly string[]): Promise<void>;
  /** Asks for reviews. @returns those who can't be asked: unknown, without access, or the author itself. */
  requestReviewers(number: number, logins: readonly string[]): Promise<readonly string[]>;
  /** Who wrote a commit, as the forge calls them; null where it knows nobody. */
  authorOf(sha: string): Promise<string | null>;
  openIssue(
    issue: { readonly title: string; readonly body: string; readonly labels: readonly string[] },
    marker: string,
  ): Promise<PullRequestRef>;
  findIssue(marker: string): Promise<PullRequestRef | null>;
}

/** The forge of a project's repository. @throws CulpritError NOT_FOUND with the remedy where none is connected. */
export type OpenPullRequestForge = (projectId: string) => Promise<PullRequestForge>;
