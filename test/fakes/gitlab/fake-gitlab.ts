import { type FakeTokenForge, pageOf, startTokenForge } from "../git/token-forge.ts";
import { gitlabOperations, problemsOfAnswer, problemsOfRequest } from "./api.ts";
import { handlers } from "./handlers.ts";

/** A fake GitLab that listens on 127.0.0.1; an owner may be a group within groups; see README.md. */
export function startFakeGitLab(): Promise<FakeTokenForge> {
  return startTokenForge({
    ...{ name: "GitLab", prefix: "/api/v4", operations: Object.keys(gitlabOperations) },
    state: { repositories: new Map(), tokens: new Map(), users: [] },
    tokenOf: (headers) => String(headers["private-token"] ?? ""),
    newToken: (count) => `glpat-${count}${"0".repeat(20)}`,
    refusals: {
      noToken: "401 Unauthorized",
      readOnly: "insufficient_scope",
      notFound: { error: "404 Not Found" },
    },
    invalidStatus: 400,
    ...{ problemsOfRequest, problemsOfAnswer },
    perform(name, call) {
      const handler = handlers[name];
      if (handler === undefined) throw new Error(`${name} has no handler`);
      const given = handler(call);
      if (!Array.isArray(given.body)) return given;
      const { body, next } = pageOf(given.body, call.query, { parameter: "per_page", most: 100, usual: 20 });
      // https://docs.gitlab.com/api/rest/#pagination: empty on the last page.
      return { ...given, body, headers: { "x-next-page": next === null ? "" : String(next) } };
    },
  });
}
