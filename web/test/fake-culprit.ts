import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join } from "node:path";
import {
  type Approval,
  type Autopsies,
  approvalListSchema,
  autopsiesSchema,
  type Change,
  changeListSchema,
  type ErrorCode,
  type ExecutionLog,
  errorCodes,
  executionLogListSchema,
  type FeedbackEvent,
  feedbackInputSchema,
  feedbackListSchema,
  type IncidentDetail,
  type IncidentSummary,
  incidentDetailSchema,
  incidentListSchema,
  incidentPatchSchema,
  type Project,
  type PullRequestSettings,
  projectInputSchema,
  projectListSchema,
  pullRequestSettingsPatchSchema,
  pullRequestSettingsSchema,
  type ReopenedEvidence,
  reopenedEvidenceSchema,
  settledStatuses,
} from "@culprit/contract";

import { type Automation, answerAutomation } from "./fake-automation.ts";
import { answerWatching, type Write } from "./fake-watching.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const noAutopsies: Autopsies = {
  ...{ answers: [], outdated_by: null, outdated_reason: null, runs: [], evidence: [], file_snapshots: [] },
  totals: { calls: 0, tokens: 0, seconds: 0, cost: 0 },
};

/** The policy that the real server sends: what breaks it breaks in the test. */
const contentSecurityPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

export interface FakeState {
  isSignedIn: boolean;
  isDown: boolean;
  pageSize: number;
  incidents: readonly IncidentSummary[];
  details: Map<string, IncidentDetail>;
  autopsies: Map<string, Autopsies>;
  projects: Project[];
  readonly patches: unknown[];
  readonly investigated: string[];
  readonly pullRequestsAskedFor: string[];
  /** What every project wants of pull requests; what is left out is as a new project has it. */
  readonly pullRequestSettings: Partial<PullRequestSettings>;
  /** The one log of all incidents. */
  readonly feedback: FeedbackEvent[];
  changes: readonly Change[];
  /** What waits for a person until they answer it; null for what the automation has. */
  approvals: Approval[] | null;
  /** The log of the execution that is looked at; null for a made-up one of a running execution. */
  log: readonly ExecutionLog[] | null;
  /** What evidence shows when it is opened again, by its id. */
  readonly reopened: Map<string, ReopenedEvidence>;
  /** Whether there are workflows and integrations that did something. */
  automation: Automation;
  /** Whether there are services that send something. */
  watching: Automation;
  /** What the pages about services, detection and search asked to change. */
  readonly writes: Write[];
}

export interface FakeCulprit {
  readonly url: string;
  readonly state: FakeState;
  close(): Promise<void>;
}

/** A fake of Culprit's server: the built page from `folder`, and an API that answers from `state` in the contract's shapes. */
export async function startFakeCulprit(folder: string): Promise<FakeCulprit> {
  const state: FakeState = {
    isSignedIn: true,
    isDown: false,
    pageSize: 50,
    incidents: [],
    details: new Map(),
    autopsies: new Map(),
    projects: [],
    patches: [],
    investigated: [],
    pullRequestsAskedFor: [],
    pullRequestSettings: {},
    changes: [],
    approvals: null,
    log: null,
    reopened: new Map(),
    feedback: [],
    automation: "empty",
    watching: "empty",
    writes: [],
  };
  const server = createServer((request, response) => {
    void answer(request, response, state, folder).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The fake server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    state,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  state: FakeState,
  folder: string,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fake");
  if (state.isDown && url.pathname.startsWith("/api/")) {
    response.destroy();
    return;
  }
  if (!url.pathname.startsWith("/api/")) return sendFile(response, folder, url.pathname);
  if (!state.isSignedIn) return sendError(response, "UNAUTHORIZED", "No session came with the request.");
  const opened = state.reopened.get(/^\/api\/evidence\/([^/]+)\/reopen$/.exec(url.pathname)?.[1] ?? "");
  if (opened !== undefined) return sendJson(response, 200, reopenedEvidenceSchema.parse(opened));
  if (state.log !== null && /^\/api\/executions\/[^/]+\/logs$/.test(url.pathname)) {
    const items = state.log.slice(Number(url.searchParams.get("cursor") ?? 0));
    return sendJson(response, 200, executionLogListSchema.parse({ items, next_cursor: String(state.log.length) }));
  }
  if (state.approvals !== null && url.pathname === "/api/approvals") {
    const items = url.searchParams.get("state") === "decided" ? [] : state.approvals;
    return sendJson(response, 200, approvalListSchema.parse({ items, next_cursor: null }));
  }
  const [, answered] = /^\/api\/approvals\/([^/]+)\/decide$/.exec(url.pathname) ?? [];
  if (answered !== undefined) {
    state.approvals = (state.approvals ?? []).filter(({ id: waiting }) => waiting !== answered);
    return sendJson(response, 200, {});
  }
  const watched = await watching(request, url, state);
  if (watched !== undefined) return sendJson(response, 200, watched);
  const [, id, verb = ""] =
    /^\/api\/incidents\/([^/]+)(\/investigate|\/feedback|\/autopsies|\/pull-request)?$/.exec(url.pathname) ?? [];
  const route = `${request.method} ${id ? `/api/incidents/:id${verb}` : url.pathname}`;
  switch (route) {
    case "GET /api/me":
      return sendJson(response, 200, { id: "usr_1", login: "owner", version: "0.1.0" });
    case "GET /api/incidents":
      return sendJson(response, 200, incidentListSchema.parse(listPage(state, url.searchParams)));
    case "GET /api/incidents/:id": {
      const detail = state.details.get(id ?? "");
      if (!detail) return sendError(response, "NOT_FOUND", `There is no incident ${id}.`);
      return sendJson(response, 200, incidentDetailSchema.parse(detail));
    }
    case "PATCH /api/incidents/:id": {
      const patch = incidentPatchSchema.parse(await readBody(request));
      const detail = state.details.get(id ?? "");
      if (!detail) return sendError(response, "NOT_FOUND", `There is no incident ${id}.`);
      state.patches.push(patch);
      const resolvedAt = patch.status === "resolved" ? new Date().toISOString() : null;
      const moved: IncidentDetail = { ...detail, status: patch.status, resolved_at: resolvedAt };
      state.details.set(moved.id, moved);
      return sendJson(response, 200, moved);
    }
    case "GET /api/changes":
      return sendJson(response, 200, changeListSchema.parse({ items: state.changes, next_cursor: null }));
    case "POST /api/incidents/:id/investigate":
      state.investigated.push(id ?? "");
      return sendJson(response, 202, { execution_id: "exec_1" });
    case "POST /api/incidents/:id/pull-request":
      state.pullRequestsAskedFor.push(id ?? "");
      state.patches.push(await readBody(request));
      return sendJson(response, 202, { execution_id: "exec_2" });
    case "PATCH /api/pull-request-settings":
      Object.assign(state.pullRequestSettings, pullRequestSettingsPatchSchema.parse(await readBody(request)));
      return sendJson(response, 200, pullRequestSettingsSchema.parse(state.pullRequestSettings));
    case "GET /api/pull-request-settings":
      return sendJson(response, 200, pullRequestSettingsSchema.parse(state.pullRequestSettings));
    case "GET /api/incidents/:id/autopsies":
      return sendJson(response, 200, autopsiesSchema.parse(state.autopsies.get(id ?? "") ?? noAutopsies));
    case "GET /api/incidents/:id/feedback":
      return sendJson(response, 200, feedbackListSchema.parse({ events: state.feedback }));
    case "POST /api/incidents/:id/feedback": {
      const { event_type, payload } = feedbackInputSchema.parse(await readBody(request));
      const who = { actor_type: "user", actor_id: "usr_1", actor: "owner" } as const;
      const created_at = new Date().toISOString();
      const event: FeedbackEvent = { id: `fbk_${state.feedback.length}`, created_at, ...who, event_type, payload };
      state.feedback.push(event);
      return sendJson(response, 201, event);
    }
    case "POST /api/auth/logout":
      state.isSignedIn = false;
      return sendJson(response, 200, { success: true });
    case "GET /api/projects":
      return sendJson(response, 200, projectListSchema.parse({ projects: state.projects }));
    case "POST /api/projects":
      return createProject(response, state, await readBody(request));
    default: {
      const known = answerAutomation(request.method ?? "", url.pathname, url.searchParams, state.automation);
      if (known !== undefined) return sendJson(response, 200, known);
      return sendError(response, "NOT_FOUND", `There is no ${route}.`);
    }
  }
}

const watchedAreas =
  /^\/api\/(services|topology|telemetry|detectors|maintenance-windows|gate-policies|learning|stats|search|runbooks|scrape-targets)\b|\/(approve|suppress)$/;

async function watching(request: IncomingMessage, url: URL, state: FakeState): Promise<unknown> {
  const isOfService = url.pathname === "/api/changes" && url.searchParams.has("service");
  if (!watchedAreas.test(url.pathname) && !isOfService) return undefined;
  const method = request.method ?? "";
  const body = method === "POST" || method === "PUT" || method === "PATCH" ? await readBody(request) : undefined;
  const write = { method, path: url.pathname, body };
  const reply = answerWatching(write, url.searchParams, state.watching);
  if (method !== "GET") state.writes.push(write);
  return reply;
}

function listPage({ incidents, pageSize }: FakeState, query: URLSearchParams) {
  const status = query.get("status");
  const matching = incidents.filter(
    (incident) =>
      status === null ||
      (status === "unresolved"
        ? !settledStatuses.some((settled) => settled === incident.status)
        : incident.status === status),
  );
  const start = Number(query.get("cursor") ?? 0);
  const end = start + pageSize;
  return { incidents: matching.slice(start, end), next_cursor: end < matching.length ? String(end) : null };
}

function createProject(response: ServerResponse, state: FakeState, body: unknown): void {
  const input = projectInputSchema.parse(body);
  if (state.projects.some(({ name }) => name === input.name)) {
    sendError(response, "CONFLICT", `A project named ${input.name} exists already.`);
    return;
  }
  state.projects.push({
    id: `proj_${state.projects.length}`,
    name: input.name,
    repository: input.repository ?? null,
    incident_count: 0,
    created_at: new Date().toISOString(),
    ingest_key_prefix: "cul_ing_fake",
    ingest_key_last_used_at: null,
  });
  sendJson(response, 201, {
    project_id: "proj_1",
    name: input.name,
    ingest_key: "cul_ing_fakefakefakefakefakefakefake",
    api_key: "cul_api_fakefakefakefakefakefakefake",
    dsn: "http://cul_ing_fakefakefakefakefakefakefake@127.0.0.1:4318/1",
  });
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sendError(response: ServerResponse, code: ErrorCode, message: string): void {
  sendJson(response, errorCodes[code].status, { error: { code, message } });
}

async function sendFile(response: ServerResponse, folder: string, path: string): Promise<void> {
  // Like the real server: what is no file is a page of the application.
  const name = extname(path) === "" ? "/index.html" : path;
  const content = await readFile(join(folder, name)).catch(() => null);
  if (!content) {
    response.writeHead(404).end();
    return;
  }
  response
    .writeHead(200, {
      "content-type": types[extname(name)] ?? "application/octet-stream",
      "content-security-policy": contentSecurityPolicy,
    })
    .end(content);
}
