import type { Forge, Made } from "../../domains/integration/forge-port.ts";
import type { GitHub } from "./connect.ts";
import { withMarker } from "./markers.ts";
import { ownTexts } from "./own-texts.ts";
import { isMissing, OF_CODE } from "./read-pull-requests.ts";
import type { Repository } from "./repository.ts";

/** What GitHub takes as a comment or a body. */
const BODY_MAX = 65_536;
/** Pages of a conversation that are looked through from its end. */
const PAGES_MAX = 20;
const ISSUES_MAX = 500;

type Writes = Pick<
  Forge,
  | "postComment"
  | "findComment"
  | "updateComment"
  | "react"
  | "addLabels"
  | "removeLabel"
  | "createIssue"
  | "findIssue"
  | "closeIssue"
>;

/** Writes into conversations and issues. */
export function writeComments(github: GitHub, at: Repository): Writes {
  const { request } = github;
  const isOwn = ownTexts(github);
  return {
    postComment: async (number, body, marker) =>
      made(
        await request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
          ...at,
          issue_number: number,
          body: fit(body, marker),
        }),
      ),
    findComment: async (number, marker) => {
      // Comments come oldest first only; what is looked for was made lately, so the last page comes first.
      const page = (which: number) =>
        request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
          ...at,
          issue_number: number,
          per_page: 100,
          page: which,
        });
      const first = await page(1);
      const last = Number(/[?&]page=(\d+)[^>]*>; rel="last"/.exec(first.headers.link ?? "")?.[1] ?? 1);
      for (let which = last; which >= Math.max(1, last - PAGES_MAX); which--) {
        const { data } = which === 1 ? first : await page(which);
        for (const comment of data.toReversed()) if (await isOwn(comment, marker)) return made({ data: comment });
      }
      return null;
    },
    updateComment: async (id, body, marker) => {
      const text = { ...at, comment_id: numberOf(id), body: fit(body, marker) };
      return id.startsWith(OF_CODE)
        ? { ...made(await request("PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id}", text)), id }
        : made(await request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", text));
    },
    react: async (id, reaction) => {
      const reacted = { ...at, comment_id: numberOf(id), content: reaction };
      if (id.startsWith(OF_CODE))
        await request("POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions", reacted);
      else await request("POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", reacted);
    },
    addLabels: async (number, labels) => {
      if (labels.length === 0) return;
      await request("POST /repos/{owner}/{repo}/issues/{issue_number}/labels", {
        ...at,
        issue_number: number,
        labels: [...labels],
      });
    },
    removeLabel: async (number, label) => {
      try {
        await request("DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", {
          ...at,
          issue_number: number,
          name: label,
        });
      } catch (error) {
        // It is gone, which was wanted.
        if (!isMissing(error)) throw error;
      }
    },
    createIssue: async (issue, marker) => {
      const { data } = await request("POST /repos/{owner}/{repo}/issues", {
        ...at,
        title: issue.title.slice(0, 256),
        body: fit(issue.body, marker),
        labels: [...issue.labels],
        assignees: [...issue.assignees],
      });
      return { ...made({ data }), number: data.number };
    },
    findIssue: async (marker) => {
      // Not by search, whose index lags behind by minutes: the newest issues are listed.
      const isDone = { is: false };
      let found: { id: number | bigint; number: number; html_url: string } | null = null;
      await github.list(async (page) => {
        if (isDone.is) return { data: [] };
        const { data } = await request("GET /repos/{owner}/{repo}/issues", {
          ...at,
          state: "all",
          sort: "created",
          direction: "desc",
          ...page,
        });
        for (const issue of data) {
          if (found !== null || issue.pull_request !== undefined || !(await isOwn(issue, marker))) continue;
          found = issue;
          isDone.is = true;
        }
        return { data };
      }, ISSUES_MAX);
      return found === null ? null : asIssue(found);
    },
    closeIssue: async (number, reason) => {
      await request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
        ...at,
        issue_number: number,
        state: "closed",
        state_reason: reason,
      });
    },
  };
}

/** The text with its marker, cut to what GitHub takes; what was cut is said. */
export function fit(body: string, marker: string): string {
  const whole = withMarker(body, marker);
  if (whole.length <= BODY_MAX) return whole;
  const note = "\n\n… cut: the text is longer than GitHub takes.";
  return withMarker(body.slice(0, BODY_MAX - (whole.length - body.length) - note.length) + note, marker);
}

function made({ data }: { readonly data: { readonly id: number | bigint; readonly html_url: string } }): Made {
  return { id: String(data.id), url: data.html_url };
}

function asIssue(issue: { id: number | bigint; number: number; html_url: string }): Made & { readonly number: number } {
  return { ...made({ data: issue }), number: issue.number };
}

function numberOf(id: string): number {
  return Number(id.startsWith(OF_CODE) ? id.slice(OF_CODE.length) : id);
}
