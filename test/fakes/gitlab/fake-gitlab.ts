import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BareRepository } from "../git/bare-repository.ts";
import { passwordOf, serveGit } from "../git/serve-git.ts";
import { FakeRepository } from "../github/repository.ts";
import { gitlabOperations, problemsOfAnswer, problemsOfRequest } from "./api.ts";
import { handlers } from "./handlers.ts";
import { type Call, type GitLabState, Refusal } from "./state.ts";

export interface FakeGitLab {
  /** `base_url` of an integration. */
  readonly url: string;
  /** Answers that GitLab would not give; a test ends with none. */
  readonly faults: readonly string[];
  /** `owner` may be a group within groups. */
  addGitRepository(owner: string, name: string, gitDir: string): FakeRepository;
  /** @returns the token of a user; one that only reads has the scopes read_api and read_repository. */
  addToken(username: string, rights?: { readonly isReadOnly?: boolean }): string;
  close(): Promise<void>;
}

/** A fake GitLab that listens on 127.0.0.1; see README.md. */
export async function startFakeGitLab(): Promise<FakeGitLab> {
  const state: GitLabState = { repositories: new Map(), tokens: new Map(), users: [] };
  const faults: string[] = [];
  const server = createServer((request, response) => {
    answer(state, faults, url, request, response).catch((error: unknown) => {
      faults.push(String(error));
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    faults,
    addGitRepository: (owner, name, gitDir) => {
      const id = state.repositories.size + 1;
      const made = new FakeRepository(id, owner, name, new BareRepository(gitDir), () => new Date());
      state.repositories.set(made.fullName.toLowerCase(), made);
      return made;
    },
    addToken: (username, { isReadOnly = false } = {}) => {
      const token = `glpat-${state.tokens.size}${"0".repeat(20)}`;
      state.tokens.set(token, { username, isReadOnly });
      return token;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const patterns = Object.keys(gitlabOperations).map((name) => {
  const [method = "", template = ""] = name.split(" ");
  return { name, method, pattern: new RegExp(`^/api/v4${template.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`) };
});

async function answer(
  state: GitLabState,
  faults: string[],
  webUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", webUrl);
  if (answerGit(state, url.pathname, request, response)) return;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks).toString("utf8");
  const found = patterns.flatMap(({ name, method, pattern }) => {
    const match = method === request.method ? pattern.exec(url.pathname) : null;
    return match === null ? [] : [{ name, path: match.groups ?? {} }];
  })[0];
  if (found === undefined) {
    faults.push(`${request.method} ${url.pathname} is not in test/fakes/gitlab/api.ts`);
    return send(response, 404, { error: "404 Not Found" });
  }
  try {
    const who = state.tokens.get(String(request.headers["private-token"] ?? ""));
    if (who === undefined) throw new Refusal(401, "401 Unauthorized");
    if (who.isReadOnly && request.method !== "GET") throw new Refusal(403, "insufficient_scope");
    const body = raw === "" ? {} : (JSON.parse(raw) as Record<string, unknown>);
    const query = Object.fromEntries(url.searchParams);
    const problems = problemsOfRequest(found.name, { query, body });
    if (problems.length > 0) throw new Refusal(400, problems.join("; "));
    for (const repository of state.repositories.values()) repository.sync();
    perform(faults, response, found.name, { state, who, webUrl, path: found.path, query, body });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    send(response, error.status, { message: error.message });
  }
}

function perform(faults: string[], response: ServerResponse, name: string, call: Call): void {
  const handler = handlers[name];
  if (handler === undefined) throw new Error(`${name} has no handler`);
  const given = handler(call);
  const size = Math.min(100, Number(call.query.per_page ?? 20));
  const page = Number(call.query.page ?? 1);
  const body = Array.isArray(given.body) ? given.body.slice((page - 1) * size, page * size) : given.body;
  faults.push(...problemsOfAnswer(name, given.status, body).map((fault) => `${name}: ${fault}`));
  // https://docs.gitlab.com/api/rest/#pagination: empty on the last page.
  const hasNext = Array.isArray(given.body) && given.body.length > page * size;
  const headers = Array.isArray(given.body) ? { "x-next-page": hasNext ? String(page + 1) : "" } : {};
  send(response, given.status, body, headers);
}

/** Git's own requests: the password is a token. @returns false for all others. */
function answerGit(state: GitLabState, pathname: string, request: IncomingMessage, response: ServerResponse): boolean {
  const [, fullName = "", path = ""] = /^\/(.+?)\.git(\/.*)$/.exec(pathname) ?? [];
  const bare = state.repositories.get(fullName.toLowerCase())?.bare;
  if (bare == null) return false;
  const who = state.tokens.get(passwordOf(request) ?? "");
  if (who === undefined)
    response.writeHead(401, { "www-authenticate": 'Basic realm="GitLab"' }).end("HTTP Basic: Access denied.\n");
  else serveGit(bare.gitDir, path, request, response, !who.isReadOnly);
  return true;
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
