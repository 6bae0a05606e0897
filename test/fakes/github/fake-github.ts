import { createHmac, randomBytes, randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { BareRepository } from "../git/bare-repository.ts";
import { type ForgeRequest, Refusal, sendJson, serveForge } from "../git/serve-forge.ts";
import { problemsOfAnswer, problemsOfRequest } from "./api-description.ts";
import { addApp, answerPage } from "./app-pages.ts";
import type { Answer, Call } from "./call.ts";
import { handlers } from "./handlers/index.ts";
import { identify, requirePermission } from "./identify.ts";
import { matchOperation } from "./match-operation.ts";
import type { GitHubOperation } from "./operations.ts";
import { pullRequestPage } from "./pull-request-page.ts";
import type { FakeRepository } from "./repository.ts";
import {
  type FakeApp,
  FakeGitHubState,
  type FakeInstallation,
  type FakeToken,
  type OrderedFailure,
  type SeenRequest,
} from "./state.ts";

export interface FakeGitHub {
  readonly state: FakeGitHubState;
  /** `base_url` of an integration. */
  readonly apiUrl: string;
  /** Where people go: `/settings/apps/new`. */
  readonly webUrl: string;
  /** Every call of the API, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Answers that GitHub would not give; a test ends with none. */
  readonly faults: readonly string[];
  addRepository(owner: string, name: string, files?: Readonly<Record<string, string>>): FakeRepository;
  /** One whose branches lie in a bare repository on disk; it is served by git over HTTP below `webUrl`. */
  addGitRepository(owner: string, name: string, gitDir: string): FakeRepository;
  /** A token that may do everything unless told. @returns its text. */
  addToken(token: Partial<FakeToken> & { readonly login: string }): string;
  addApp(app?: Partial<Omit<FakeApp, "id" | "privateKey" | "publicKey">>): FakeApp;
  install(app: FakeApp, repositories: readonly FakeRepository[]): FakeInstallation;
  /** The next `times` calls (1 unless told) of an operation fail so; `isAfterwards`: done, then the connection breaks. */
  fail(
    failure: Omit<OrderedFailure, "times" | "operation"> & {
      readonly operation: GitHubOperation;
      readonly times?: number;
    },
  ): void;
  /** Calls until `resetsAt` are refused with the primary limit's 403. */
  exhaustRate(resetsAt: Date): void;
  /** Sends a webhook as GitHub signs it. @returns the status of the answer. */
  deliver(hook: {
    readonly url: string;
    readonly secret: string;
    readonly event: string;
    readonly payload: object;
    readonly deliveryId?: string;
  }): Promise<{ readonly status: number; readonly body: string; readonly deliveryId: string }>;
  close(): Promise<void>;
}

/** A fake GitHub that listens on 127.0.0.1; see README.md. */
export async function startFakeGitHub({ now = () => new Date() }: { now?: () => Date } = {}): Promise<FakeGitHub> {
  const state = new FakeGitHubState(now);
  const { webUrl, close } = await serveForge({
    ...{ name: "GitHub", faults: state.faults },
    gitDirOf: (fullName) => state.repository(fullName)?.bare?.gitDir,
    mayPush: (password) => mayPush(state, password),
    answer: (request, response, webUrl) => answer(state, webUrl, request, response),
  });
  return {
    state,
    webUrl,
    apiUrl: `${webUrl}/api/v3`,
    requests: state.requests,
    faults: state.faults,
    addRepository: (owner, name, files) => state.addRepository(owner, name, files),
    addGitRepository: (owner, name, gitDir) => state.addRepository(owner, name, new BareRepository(gitDir)),
    addToken: (given) => {
      const token = given.token ?? `github_pat_${randomBytes(12).toString("hex")}`;
      state.tokens.set(token, {
        repositories: null,
        scopes: null,
        permissions: null,
        expiresAt: null,
        ...given,
        token,
      });
      return token;
    },
    addApp: (app = {}) => addApp(state, app),
    install: (app, repositories) => {
      const installation: FakeInstallation = {
        id: 5000 + state.nextId(),
        appId: app.id,
        account: app.owner,
        repositories: repositories.map(({ fullName }) => fullName),
        permissions: app.permissions,
        suspendedAt: null,
        createdAt: state.now().toISOString(),
      };
      state.installations.set(installation.id, installation);
      return installation;
    },
    fail: (failure) => void state.failures.push({ times: 1, ...failure }),
    exhaustRate: (resetsAt) => {
      state.remaining = 0;
      state.resetsAt = resetsAt;
    },
    deliver: async ({ url, secret, event, payload, deliveryId = randomUUID() }) => {
      const body = JSON.stringify(payload);
      const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
      const headers = {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/fake",
        "x-github-event": event,
        "x-github-delivery": deliveryId,
        "x-hub-signature-256": signature,
      };
      const response = await fetch(url, { method: "POST", headers, body });
      return { status: response.status, body: await response.text(), deliveryId };
    },
    close,
  };
}

function answer(
  state: FakeGitHubState,
  webUrl: string,
  { method, url, text: raw, message }: ForgeRequest,
  response: ServerResponse,
): void {
  if (!url.pathname.startsWith("/api/v3/")) {
    sendPage(state, { method, url, form: new URLSearchParams(raw) }, response);
    return;
  }

  const matched = matchOperation(method, url.pathname.slice("/api/v3".length));
  if (matched === null) {
    state.faults.push(`${method} ${url.pathname} is not among test/fakes/github/operations.ts`);
    sendJson(response, 404, { message: "Not Found" });
    return;
  }
  const { operation } = matched;
  const query = Object.fromEntries(url.searchParams);
  const seen = { operation, path: url.pathname, query, body: raw === "" ? null : parseJson(raw) };
  const failure = state.failures.find((each) => each.operation === operation && each.times > 0);
  if (failure !== undefined) failure.times -= 1;
  const given =
    failure !== undefined && failure.isAfterwards !== true
      ? {
          status: failure.status,
          body: failure.body ?? { message: "Ordered by the test" },
          headers: failure.headers ?? {},
        }
      : perform(state, webUrl, {
          ...matched,
          query,
          body: seen.body,
          authorization: message.headers.authorization,
          url,
        });
  state.requests.push({ ...seen, status: given.status });
  if (failure?.isAfterwards === true) {
    message.socket.destroy();
    return;
  }
  sendJson(response, given.status, given.body, { ...rateHeaders(state), ...given.headers });
}

/** Whether a token, which is the password, may write. @throws Refusal where it may not even read. */
function mayPush(state: FakeGitHubState, token: string | null): boolean {
  if (token === null) throw new Refusal(401, "Requires authentication");
  const identity = identify(state, `token ${token}`);
  requirePermission(identity, "contents:read");
  try {
    requirePermission(identity, "contents:write");
    return true;
  } catch {
    return false;
  }
}

interface Performed {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

function perform(
  state: FakeGitHubState,
  webUrl: string,
  request: {
    readonly operation: GitHubOperation;
    readonly path: Readonly<Record<string, string>>;
    readonly query: Readonly<Record<string, string>>;
    readonly body: unknown;
    readonly authorization: string | undefined;
    readonly url: URL;
  },
): Performed {
  const { operation } = request;
  try {
    for (const repository of state.repositories.values()) repository.sync();
    spendRate(state);
    const identity = identify(state, request.authorization);
    requirePermission(identity, handlers[operation].needs);
    const problems = problemsOfRequest(operation, {
      path: request.path,
      query: request.query,
      body: request.body ?? {},
    });
    if (problems.length > 0) throw new Refusal(422, `Validation Failed: ${problems.join("; ")}`);
    const call: Call = {
      state,
      identity,
      apiUrl: `${webUrl}/api/v3`,
      webUrl,
      path: request.path,
      query: request.query,
      body: (request.body ?? {}) as Record<string, unknown>,
    };
    const whole = handlers[operation].run(call);
    const { body, headers } = inPages(whole, request.url);
    const faults = problemsOfAnswer(operation, whole.status, body);
    if (faults.length > 0) {
      state.faults.push(...faults.map((fault) => `${operation}: ${fault}`));
      return { status: 500, body: { message: faults.join("; ") }, headers: {} };
    }
    return { status: whole.status, body, headers: { ...whole.headers, ...headers } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const body = {
      message: error.message,
      documentation_url: "https://docs.github.com/rest",
      status: String(error.status),
    };
    return { status: error.status, body, headers: error.headers };
  }
}

function spendRate(state: FakeGitHubState): void {
  if (state.remaining <= 0 && state.now() < state.resetsAt) throw new Refusal(403, "API rate limit exceeded");
  if (state.remaining <= 0) state.remaining = 5000;
  state.remaining -= 1;
}

function rateHeaders(state: FakeGitHubState): Record<string, string> {
  return {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": String(state.remaining),
    "x-ratelimit-reset": String(Math.ceil(state.resetsAt.getTime() / 1000)),
  };
}

/** The page of a list that was asked for, and links to the next and last one. */
function inPages({ body, isList }: Answer, url: URL): { body: unknown; headers: Record<string, string> } {
  if (isList !== true || !Array.isArray(body)) return { body, headers: {} };
  const size = Math.min(100, Number(url.searchParams.get("per_page") ?? 30));
  const page = Number(url.searchParams.get("page") ?? 1);
  const last = Math.max(1, Math.ceil(body.length / size));
  const link = (to: number, rel: string) => {
    const target = new URL(url);
    target.searchParams.set("page", String(to));
    return `<${target.href}>; rel="${rel}"`;
  };
  const headers: Record<string, string> =
    page < last ? { link: `${link(page + 1, "next")}, ${link(last, "last")}` } : {};
  return { body: body.slice((page - 1) * size, page * size), headers };
}

function sendPage(
  state: FakeGitHubState,
  request: { readonly method: string; readonly url: URL; readonly form: URLSearchParams },
  response: ServerResponse,
): void {
  const shown = request.method === "GET" ? pullRequestPage(state, request.url.pathname) : null;
  if (shown !== null) {
    const headers = {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    };
    response.writeHead(200, headers).end(shown);
    return;
  }
  const page = answerPage(state, request);
  if (page === null) response.writeHead(404).end();
  else if ("problem" in page) response.writeHead(422, { "content-type": "text/plain" }).end(page.problem);
  else response.writeHead(302, { location: page.location }).end();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
