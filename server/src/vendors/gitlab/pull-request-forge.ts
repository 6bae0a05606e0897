import { z } from "zod";
import { parseDiff } from "../../analysis/diff/parse-diff.ts";
import {
  type ChangedFile,
  type PullRequestForge,
  type PullRequestRef,
  VendorRefused,
} from "../../domains/integration/index.ts";
import { hasMarker, withMarker } from "../github/markers.ts";
import { connectGitLab, type GitLab, type GitLabOptions, projectPath } from "./call-gitlab.ts";
import { defuseQuickActions } from "./defuse-quick-actions.ts";
import { mergeRequestState, orNull } from "./merge-request-state.ts";
import { commit, diff, issue, me, mergeRequest, named, note, project, user } from "./schemas.ts";

const lookedThroughMax = 500;
const filesMax = 300;
const titleMax = 255;

/** Merge requests of one project of gitlab.com or of a GitLab server. Its paths may lie in groups within groups. */
export function gitlabPullRequests(
  options: GitLabOptions & { readonly repository: string; readonly integrationId: string | null },
): PullRequestForge {
  const at = projectPath(options.repository);
  const gitlab = connectGitLab(options);
  const self = () => gitlab.call("GET", "/user", me);
  const ours = (text: string, marker: string) => withMarker(defuseQuickActions(text), marker);
  /** Texts that hold the marker and that the token's own user wrote: anybody can copy a marker. */
  const ownOf = async <T extends { author?: { username: string } | null | undefined }>(
    items: readonly T[],
    textOf: (item: T) => string | null | undefined,
    marker: string,
  ): Promise<T | null> => {
    const marked = items.filter((item) => hasMarker(textOf(item), marker));
    if (marked.length === 0) return null;
    const { username } = await self();
    return marked.find(({ author }) => author?.username === username) ?? null;
  };
  const listOpen = (query: string, max: number) =>
    gitlab.list(`${at}/merge_requests?state=opened&scope=all&order_by=created_at&sort=desc${query}`, mergeRequest, max);
  const noteOf = async (number: number, { id }: { readonly id: number }) => {
    const { web_url: url } = await gitlab.call("GET", `${at}/merge_requests/${number}`, named);
    return { id: String(id), url: `${url}#note_${id}` };
  };
  return {
    kind: "gitlab",
    repository: options.repository,
    integrationId: options.integrationId,
    // Any name will do where the password is a token; this is the one that GitLab's own pages give.
    remote: async () => ({
      url: `${options.baseUrl}/${options.repository}.git`,
      credentials: { username: "oauth2", password: options.token },
    }),
    identity: async () => {
      const { username, name, email, commit_email: commitEmail } = await self();
      const noReply = `${username}@users.noreply.${new URL(options.baseUrl).hostname}`;
      return { name: name?.trim() || username, email: commitEmail || email || noReply };
    },
    defaultBranch: async () => {
      const { default_branch: branch } = await gitlab.call("GET", at, project);
      if (branch) return branch;
      throw new VendorRefused(`${options.repository} has no branch yet.`, { status: 404 });
    },
    openPullRequest: async ({ title, body, head, base, isDraft }, marker) => {
      const asked = {
        title: `${isDraft ? "Draft: " : ""}${title}`.slice(0, titleMax),
        description: ours(body, marker),
        source_branch: head,
        target_branch: base,
      };
      return refOf(await gitlab.call("POST", `${at}/merge_requests`, named, asked));
    },
    findPullRequest: async (branch) => {
      const open = await listOpen(`&source_branch=${encodeURIComponent(branch)}`, 20);
      const found = open.find((one) => one.source_branch === branch && one.source_project_id === one.target_project_id);
      return found === undefined ? null : refOf(found);
    },
    openPullRequests: async (limit) =>
      (await listOpen("", limit)).map((one) => ({
        ...refOf(one),
        title: one.title,
        body: one.description ?? "",
        author: one.author?.username ?? "ghost",
        headBranch: one.source_branch,
        createdAt: new Date(one.created_at),
      })),
    changedFiles: async (number) =>
      (await gitlab.list(`${at}/merge_requests/${number}/diffs`, diff, filesMax)).map(fileOf),
    pullRequestState: (number) => mergeRequestState(gitlab, at, number),
    comment: async (number, body, marker) =>
      noteOf(
        number,
        await gitlab.call("POST", `${at}/merge_requests/${number}/notes`, note, { body: ours(body, marker) }),
      ),
    findComment: async (number, marker) => {
      const notes = await gitlab.list(`${at}/merge_requests/${number}/notes?sort=desc`, note, lookedThroughMax);
      const found = await ownOf(notes, ({ body }) => body, marker);
      return found === null ? null : noteOf(number, found);
    },
    close: async (number) => {
      await gitlab.call("PUT", `${at}/merge_requests/${number}`, named, { state_event: "close" });
    },
    addLabels: async (number, labels) => {
      await gitlab.call("PUT", `${at}/merge_requests/${number}`, named, { add_labels: listed(labels) });
    },
    requestReviewers: (number, logins) => requestReviewers(gitlab, `${at}/merge_requests/${number}`, logins),
    authorOf: (sha) => authorOf(gitlab, at, sha),
    openIssue: async ({ title, body, labels }, marker) => {
      const asked = {
        title: title.slice(0, titleMax),
        description: ours(body, marker),
        ...(labels.length === 0 ? {} : { labels: listed(labels) }),
      };
      return refOf(await gitlab.call("POST", `${at}/issues`, named, asked));
    },
    findIssue: async (marker) => {
      const path = `${at}/issues?scope=created_by_me&state=all&order_by=created_at&sort=desc`;
      const found = await ownOf(
        await gitlab.list(path, issue, lookedThroughMax),
        ({ description }) => description,
        marker,
      );
      return found === null ? null : refOf(found);
    },
  };
}

/**
 * Adds reviewers to those that there are. GitLab passes over in silence whom it can't add (no access; more than one in the free edition), so
 * its answer tells who was refused. A group is no reviewer there.
 */
async function requestReviewers(gitlab: GitLab, path: string, logins: readonly string[]): Promise<string[]> {
  const ids = new Map<string, number>();
  for (const login of logins) {
    if (login.includes("/")) continue;
    const found = await gitlab.call("GET", `/users?username=${encodeURIComponent(login)}`, z.array(user));
    const same = found.find(({ username }) => username.toLowerCase() === login.toLowerCase());
    if (same !== undefined) ids.set(login, same.id);
  }
  if (ids.size === 0) return [...logins];
  const { reviewers: before } = await gitlab.call("GET", path, mergeRequest);
  const all = [...new Set([...(before ?? []).map(({ id }) => id), ...ids.values()])];
  const { reviewers } = await gitlab.call("PUT", path, mergeRequest, { reviewer_ids: all });
  const asked = new Set((reviewers ?? []).map(({ id }) => id));
  return logins.filter((login) => !asked.has(ids.get(login) ?? -1));
}

/** A commit names an address; GitLab finds people by their whole one. */
async function authorOf(gitlab: GitLab, at: string, sha: string): Promise<string | null> {
  const found = await orNull(gitlab.call("GET", `${at}/repository/commits/${encodeURIComponent(sha)}`, commit));
  const email = found?.author_email ?? "";
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return null;
  const [only, ...others] = await gitlab.call("GET", `/users?search=${encodeURIComponent(email)}`, z.array(user));
  return only === undefined || others.length > 0 ? null : only.username;
}

function fileOf(given: z.infer<typeof diff>): ChangedFile {
  const { old_path: oldPath, new_path: path, new_file: isNew, deleted_file: isGone, renamed_file: isRenamed } = given;
  const header = `diff --git a/${oldPath} b/${path}\n--- a/${oldPath}\n+++ b/${path}\n`;
  const lines = parseDiff(header + given.diff).flatMap(({ hunks }) => hunks.flatMap((hunk) => hunk.lines));
  const count = (kind: string) => lines.filter((line) => line.kind === kind).length;
  return {
    ...{ path, additions: count("added"), deletions: count("removed") },
    status: isNew ? "added" : isGone ? "removed" : isRenamed ? "renamed" : "modified",
    previousPath: isRenamed ? oldPath : null,
    // Of a large one GitLab gives nothing.
    patch: given.diff === "" ? null : given.diff,
  };
}

/** Labels go as one text between commas; those that the project lacks are made. */
function listed(labels: readonly string[]): string {
  return labels.map((label) => label.replaceAll(",", " ")).join(",");
}

function refOf({ iid: number, web_url: url }: z.infer<typeof named>): PullRequestRef {
  return { number, url };
}
