import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BareRepository } from "../git/bare-repository.ts";
import { passwordOf, serveGit } from "../git/serve-git.ts";
import { FakeRepository } from "../github/repository.ts";
import { problemsOfAnswer, problemsOfRequest } from "./api-description.ts";
import { handlers } from "./handlers.ts";
import { type GiteaOperation, giteaOperations } from "./operations.ts";
import { type Call, type GiteaState, Refusal } from "./state.ts";

export interface FakeGitea {
  /** `base_url` of an integration. */
  readonly url: string;
  /** Answers that Gitea would not give; a test ends with none. */
  readonly faults: readonly string[];
  addGitRepository(owner: string, name: string, gitDir: string): FakeRepository;
  /** @returns the token of a user; one that only reads may not push. */
  addToken(login: string, rights?: { readonly isReadOnly?: boolean }): string;
  close(): Promise<void>;
}

/** A fake Gitea that listens on 127.0.0.1; see README.md. */
export async function startFakeGitea(): Promise<FakeGitea> {
  const state: GiteaState = { repositories: new Map(), tokens: new Map(), labels: new Map() };
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
      const made = new FakeRepository(
        state.repositories.size + 1,
        owner,
        name,
        new BareRepository(gitDir),
        () => new Date(),
      );
      state.repositories.set(made.fullName.toLowerCase(), made);
      return made;
    },
    addToken: (login, { isReadOnly = false } = {}) => {
      const token = `gitea${state.tokens.size}${"0".repeat(30)}`;
      state.tokens.set(token, { login, isReadOnly });
      return token;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const patterns = giteaOperations.map((operation) => {
  const [method = "", template = ""] = operation.split(" ");
  const source = template.replaceAll(".", "\\.").replace(/\{(\w+)\}/g, "(?<$1>[^/.]+)");
  return { operation, method, pattern: new RegExp(`^/api/v1${source.replace("(?<repo>[^/.]+)", "(?<repo>[^/]+)")}$`) };
});

async function answer(
  state: GiteaState,
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
  const found = patterns.flatMap(({ operation, method, pattern }) => {
    const match = method === request.method ? pattern.exec(url.pathname) : null;
    return match === null ? [] : [{ operation, path: match.groups ?? {} }];
  })[0];
  if (found === undefined) {
    faults.push(`${request.method} ${url.pathname} is not among test/fakes/gitea/operations.ts`);
    return send(response, 404, { message: "Not found" });
  }
  try {
    const token = /^token (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const who = state.tokens.get(token);
    if (who === undefined) throw new Refusal(401, "token is required");
    if (who.isReadOnly && request.method !== "GET") throw new Refusal(403, "token does not have the required scope");
    const body = raw === "" ? {} : (JSON.parse(raw) as Record<string, unknown>);
    const query = Object.fromEntries(url.searchParams);
    const problems = problemsOfRequest(found.operation, { query, body });
    if (problems.length > 0) throw new Refusal(422, problems.join("; "));
    for (const repository of state.repositories.values()) repository.sync();
    perform(state, faults, response, found.operation, { state, who, webUrl, path: found.path, query, body });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    send(response, error.status, { message: error.message, url: `${webUrl}/api/swagger` });
  }
}

function perform(
  _state: GiteaState,
  faults: string[],
  response: ServerResponse,
  operation: GiteaOperation,
  call: Call,
): void {
  const given = handlers[operation](call);
  const limit = Math.min(50, Number(call.query.limit ?? 50));
  const page = Number(call.query.page ?? 1);
  const body =
    Array.isArray(given.body) && given.isPaged === true
      ? given.body.slice((page - 1) * limit, page * limit)
      : given.body;
  const wrong = problemsOfAnswer(operation, given.status, body);
  faults.push(...wrong.map((fault) => `${operation}: ${fault}`));
  if (typeof body === "string") response.writeHead(given.status, { "content-type": "text/plain" }).end(body);
  else send(response, given.status, body);
}

/** Git's own requests: the password is a token. @returns false for all others. */
function answerGit(state: GiteaState, pathname: string, request: IncomingMessage, response: ServerResponse): boolean {
  const [, fullName = "", path = ""] = /^\/([^/]+\/[^/]+)\.git(\/.*)$/.exec(pathname) ?? [];
  const bare = state.repositories.get(fullName.toLowerCase())?.bare;
  if (bare == null) return false;
  const who = state.tokens.get(passwordOf(request) ?? "");
  if (who === undefined) response.writeHead(401, { "www-authenticate": 'Basic realm="Gitea"' }).end("Unauthorized\n");
  else serveGit(bare.gitDir, path, request, response, !who.isReadOnly);
  return true;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
