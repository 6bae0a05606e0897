import { type FakeTokenForge, pageOf, startTokenForge } from "../git/token-forge.ts";
import { problemsOfAnswer, problemsOfRequest } from "./api-description.ts";
import { handlers } from "./handlers.ts";
import { giteaOperations } from "./operations.ts";

/** A fake Gitea that listens on 127.0.0.1; see README.md. */
export function startFakeGitea(): Promise<FakeTokenForge> {
  return startTokenForge({
    ...{ name: "Gitea", prefix: "/api/v1", operations: giteaOperations },
    // `{index}.{diffType}` are two parts, and the name of a repository may have a dot.
    partOf: (part) => (part === "repo" ? "[^/]+" : "[^/.]+"),
    state: { repositories: new Map(), tokens: new Map(), labels: new Map() },
    tokenOf: (headers) => /^token (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "",
    newToken: (count) => `gitea${count}${"0".repeat(30)}`,
    refusals: {
      noToken: "token is required",
      readOnly: "token does not have the required scope",
      notFound: { message: "Not found" },
    },
    invalidStatus: 422,
    ...{ problemsOfRequest, problemsOfAnswer },
    perform(operation, call) {
      const given = handlers[operation](call);
      if (!Array.isArray(given.body) || given.isPaged !== true) return given;
      return { ...given, body: pageOf(given.body, call.query, { parameter: "limit", most: 50, usual: 50 }).body };
    },
  });
}
