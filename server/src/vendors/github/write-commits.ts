import type { Forge } from "../../domains/integration/forge-port.ts";
import { VendorRefused } from "../../domains/integration/provider-port.ts";
import type { GitHub } from "./connect.ts";
import { orNull, readFile } from "./read-contents.ts";
import type { Repository } from "./repository.ts";
import { fit } from "./write-comments.ts";

/** What GitHub takes. */
const DESCRIPTION_MAX = 140;
const SUMMARY_MAX = 65_535;
const RELEASES_MAX = 100;

type Writes = Pick<
  Forge,
  | "setCheck"
  | "setStatus"
  | "createRelease"
  | "findRelease"
  | "createBranch"
  | "putFile"
  | "createPullRequest"
  | "findPullRequest"
>;

/** Writes about commits: checks, statuses, releases, branches, files, pull requests. */
export function writeCommits(github: GitHub, at: Repository): Writes {
  const { request } = github;
  const setStatus: Writes["setStatus"] = async (status) => {
    await request("POST /repos/{owner}/{repo}/statuses/{sha}", {
      ...at,
      sha: status.sha,
      context: status.context,
      state: status.state,
      description: shorten(status.description, DESCRIPTION_MAX),
      ...(status.url === null ? {} : { target_url: status.url }),
    });
  };
  return {
    setStatus,
    setCheck: async (check) => {
      const { auth } = github;
      if (auth.kind !== "app") {
        // Checks are written by apps alone: with a token, a commit status says the same in short.
        const state = check.conclusion === "failure" ? "failure" : "success";
        await setStatus({ context: check.name, sha: check.sha, state, description: check.title, url: null });
        return { id: check.name, url: "" };
      }
      const { data } = await request("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
        ...at,
        ref: check.sha,
        check_name: check.name,
        app_id: auth.appId,
      });
      const result = {
        ...at,
        name: check.name,
        status: "completed" as const,
        conclusion: check.conclusion,
        output: { title: shorten(check.title, 255), summary: shorten(check.summary, SUMMARY_MAX) },
      };
      const known = data.check_runs[0];
      const { data: run } =
        known === undefined
          ? await request("POST /repos/{owner}/{repo}/check-runs", { ...result, head_sha: check.sha })
          : await request("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", {
              ...result,
              check_run_id: known.id,
            });
      return { id: String(run.id), url: run.html_url ?? "" };
    },
    createRelease: async (release) => {
      const { data } = await request("POST /repos/{owner}/{repo}/releases", {
        ...at,
        tag_name: release.tag,
        name: release.name,
        body: release.body,
        draft: release.isDraft,
      });
      return { id: String(data.id), url: data.html_url };
    },
    findRelease: async (tag) => {
      const published = await orNull(request("GET /repos/{owner}/{repo}/releases/tags/{tag}", { ...at, tag }));
      if (published !== null) return { id: String(published.data.id), url: published.data.html_url };
      // A draft is not found by its tag.
      const { data } = await request("GET /repos/{owner}/{repo}/releases", { ...at, per_page: RELEASES_MAX });
      const draft = data.find((release) => release.draft && release.tag_name === tag);
      return draft === undefined ? null : { id: String(draft.id), url: draft.html_url };
    },
    createBranch: async (branch, sha) => {
      try {
        await request("POST /repos/{owner}/{repo}/git/refs", { ...at, ref: `refs/heads/${branch}`, sha });
      } catch (error) {
        if (!(error instanceof VendorRefused) || error.status !== 422) throw error;
        const known = await orNull(
          request("GET /repos/{owner}/{repo}/git/ref/{ref}", { ...at, ref: `heads/${branch}` }),
        );
        if (known === null) throw error;
      }
    },
    putFile: async ({ path, text, branch, message }) => {
      const known = await readFile(github, at, path, branch);
      if (known?.text === text) return;
      await request("PUT /repos/{owner}/{repo}/contents/{path}", {
        ...at,
        path,
        branch,
        message,
        content: Buffer.from(text).toString("base64"),
        ...(known === null ? {} : { sha: known.sha }),
      });
    },
    createPullRequest: async (pullRequest, marker) => {
      const { title, body, head, base, isDraft } = pullRequest;
      const { data } = await request("POST /repos/{owner}/{repo}/pulls", {
        ...at,
        title: title.slice(0, 256),
        body: fit(body, marker),
        head,
        base,
        draft: isDraft,
      });
      return { id: String(data.id), url: data.html_url, number: data.number };
    },
    findPullRequest: async (head) => {
      const { data } = await request("GET /repos/{owner}/{repo}/pulls", {
        ...at,
        state: "open",
        head: `${at.owner}:${head}`,
      });
      const found = data[0];
      return found === undefined ? null : { id: String(found.id), url: found.html_url, number: found.number };
    },
  };
}

function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}
