import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import {
  type IncidentDetail,
  type IncidentList,
  incidentDetailSchema,
  incidentListSchema,
  type ProjectCreated,
  projectListSchema,
} from "@culprit/contract";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type RunningCulprit, runCulprit, startCulprit } from "./culprit/start-culprit.ts";

let culprit: RunningCulprit;
beforeAll(async () => {
  culprit = await startCulprit();
});
afterAll(() => culprit.stop());

let projects = 0;
async function newProject(): Promise<ProjectCreated> {
  projects += 1;
  const { code, stdout, stderr } = await culprit.culprit("project", "create", `doors ${projects}`, "--json");
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as ProjectCreated;
}

async function incidentsOf({ api_key }: ProjectCreated): Promise<IncidentList["incidents"]> {
  const reply = await fetch(`${culprit.url}/api/incidents`, { headers: { authorization: `Bearer ${api_key}` } });
  return incidentListSchema.parse(await reply.json()).incidents;
}

async function detailOf({ api_key }: ProjectCreated, id: string): Promise<IncidentDetail> {
  const reply = await fetch(`${culprit.url}/api/incidents/${id}`, { headers: { authorization: `Bearer ${api_key}` } });
  return incidentDetailSchema.parse(await reply.json());
}

async function runClient(name: string, env: Record<string, string>): Promise<number | null> {
  const client = spawn(process.execPath, [fileURLToPath(new URL(`clients/${name}`, import.meta.url))], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve) => client.on("close", resolve));
}

const ingest = (
  project: ProjectCreated,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) =>
  fetch(`${culprit.url}/api/ingest`, {
    method: "POST",
    headers: { authorization: `Bearer ${project.ingest_key}`, "content-type": "application/json", ...headers },
    body,
  });

const crash = (message = "x is undefined", more: object = {}) => ({
  error: { message, type: "TypeError", stack: `TypeError: ${message}\n    at total (/srv/app/src/cart.js:13:25)` },
  context: { environment: "production", service: "shop" },
  ...more,
});

test("an unmodified @sentry/node pointed at the DSN opens an incident with the failing line, and its secrets stay out", async () => {
  const project = await newProject();
  expect(await runClient("sentry-client.mjs", { SENTRY_DSN: project.dsn })).toBe(0);
  const [incident, ...others] = await eventually(
    () => incidentsOf(project),
    (list) => list.some(({ error_type }) => error_type === "TypeError"),
  );
  expect(others).toEqual([]);
  expect(incident).toMatchObject({
    error_type: "TypeError",
    environment: "production",
    release: "shop@1.2.3",
    occurrence_count: 1,
  });
  expect(incident?.file_path).toMatch(/sentry-client\.mjs$/);
  const detail = await detailOf(project, incident?.id ?? "");
  expect(detail.frames[0]).toMatchObject({ function: "totalOf", is_in_app: true });
  expect(JSON.stringify(detail)).not.toContain("hunter2secret");
  expect(detail.decisions[0]).toMatchObject({ decision: "opened" });
});

test.each(["json", "protobuf"])(
  "an unmodified OpenTelemetry SDK exporting %s tells of exceptions and bare 5xx, not of 4xx",
  async (encoding) => {
    const project = await newProject();
    const env = { CULPRIT_URL: culprit.url, CULPRIT_KEY: project.ingest_key, ENCODING: encoding };
    expect(await runClient("otel-client.mjs", env)).toBe(0);
    const incidents = await eventually(
      () => incidentsOf(project),
      (list) => list.length >= 2,
    );
    expect(incidents.map(({ detector, error_type }) => [detector, error_type]).sort()).toEqual([
      ["exception", "TypeError"],
      ["http_error", null],
    ]);
    expect(incidents.every(({ service, environment }) => service === "shop" && environment === "production")).toBe(
      true,
    );
  },
);

test("POST /api/ingest answers created, then counted, with the same incident", async () => {
  const project = await newProject();
  const first = await ingest(project, JSON.stringify(crash()));
  const second = await ingest(project, JSON.stringify(crash()));
  expect([first.status, second.status]).toEqual([201, 201]);
  const [one, two] = [await first.json(), await second.json()] as { incident_id: string; status: string }[];
  expect(one?.incident_id).toMatch(/^inc_/);
  expect([one?.status, two?.status]).toEqual(["created", "counted"]);
  expect(two?.incident_id).toBe(one?.incident_id);
});

test("a hundred senders of one failure at once open one incident, and a repeated event id counts once", async () => {
  const project = await newProject();
  const eventId = "0123456789abcdef0123456789abcdef";
  const bodies = Array.from({ length: 100 }, (_, i) =>
    JSON.stringify(crash("x is undefined", i < 10 ? { event_id: eventId } : {})),
  );
  const replies = await Promise.all(bodies.map((body) => ingest(project, body)));
  expect(replies.every(({ status }) => status === 201)).toBe(true);
  expect(await incidentsOf(project)).toMatchObject([{ occurrence_count: 91 }]);
});

test.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
])("a Sentry envelope in %s is taken", async (encoding, compress) => {
  const project = await newProject();
  const event = { event_id: "a".repeat(32), exception: { values: [{ type: "Error", value: "boom" }] }, level: "error" };
  const lines = [
    { event_id: event.event_id, dsn: project.dsn },
    { type: "event" },
    event,
    { type: "session" },
    { sid: "x" },
  ];
  const url = new URL(project.dsn);
  const reply = await fetch(`${culprit.url}/api${url.pathname}/envelope/?sentry_key=${url.username}&sentry_version=7`, {
    method: "POST",
    headers: { "content-encoding": encoding },
    body: new Uint8Array(compress(lines.map((line) => JSON.stringify(line)).join("\n"))),
  });
  expect(reply.status).toBe(200);
  expect(await reply.json()).toEqual({ id: event.event_id });
  expect(await incidentsOf(project)).toHaveLength(1);
});

test("an unmodified @sentry/node with a tunnel, which sends its key in the envelope alone, is taken; another key is not", async () => {
  const project = await newProject();
  const tunnel = `${culprit.url}/api/${new URL(project.dsn).pathname.slice(1)}/envelope/`;
  expect(await runClient("sentry-client.mjs", { SENTRY_DSN: project.dsn, SENTRY_TUNNEL: tunnel })).toBe(0);
  await eventually(
    () => incidentsOf(project),
    (list) => list.some(({ error_type }) => error_type === "TypeError"),
  );
  const stranger = project.dsn.replace(/\/\/\w+@/, `//culprit_ingest_000000000000_${"0".repeat(48)}@`);
  for (const header of [{ dsn: stranger }, {}]) {
    const body = `${JSON.stringify(header)}\n{"type":"event"}\n{"level":"error","message":"x"}`;
    expect((await fetch(tunnel, { method: "POST", body })).status).toBe(401);
  }
});

test("events that their sender groups are one incident, whatever they say", async () => {
  const project = await newProject();
  const send = (value: string, fingerprint?: readonly string[]) => {
    const event = { level: "error", exception: { values: [{ type: "Error", value }] }, fingerprint };
    const body = `${JSON.stringify({ dsn: project.dsn })}\n{"type":"event"}\n${JSON.stringify(event)}`;
    return fetch(`${culprit.url}/api/1/envelope/`, { method: "POST", body });
  };
  for (const value of ["disk is full", "no such bucket"]) expect((await send(value, ["storage"])).status).toBe(200);
  expect(await incidentsOf(project)).toMatchObject([{ occurrence_count: 2 }]);
  await send("disk is full");
  expect(await incidentsOf(project)).toHaveLength(2);
});

test("bad input gets an answer that names it, and stores nothing", async () => {
  const project = await newProject();
  const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024));
  const cases = [
    [await ingest(project, "{"), 400, "MALFORMED_BODY", undefined],
    [await ingest(project, JSON.stringify({ error: { type: "E" } })), 400, "INVALID_REQUEST", "error.message"],
    [
      await ingest(project, JSON.stringify({ error: { message: "m" }, context: { commit_sha: "<commit sha>" } })),
      400,
      "INVALID_REQUEST",
      "context.commit_sha",
    ],
    [await ingest(project, "rubbish", { "content-encoding": "gzip" }), 400, "MALFORMED_BODY", undefined],
    [await ingest(project, "{}", { "content-encoding": "zstd" }), 415, "UNSUPPORTED_MEDIA_TYPE", "Content-Encoding"],
    [await ingest(project, new Uint8Array(bomb), { "content-encoding": "gzip" }), 413, "PAYLOAD_TOO_LARGE", undefined],
    [
      await ingest({ ...project, ingest_key: `culprit_ingest_000000000000_${"0".repeat(48)}` }, "{}"),
      401,
      "UNAUTHORIZED",
      undefined,
    ],
  ] as const;
  for (const [reply, status, code, field] of cases) {
    const body = (await reply.json()) as {
      error: { code: string; message: string; details: { field?: string; remedy: string } };
    };
    expect({ status: reply.status, code: body.error.code, field: body.error.details.field }).toEqual({
      status,
      code,
      field,
    });
    expect(body.error.details.remedy.length).toBeGreaterThan(10);
  }
  expect(await incidentsOf(project)).toEqual([]);
});

test("an ingest key can't read, an API key of one project can't see another's incident", async () => {
  const [mine, other] = [await newProject(), await newProject()];
  const { incident_id } = (await (await ingest(mine, JSON.stringify(crash()))).json()) as { incident_id: string };
  const ask = (key: string, path: string) =>
    fetch(`${culprit.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  expect((await ask(mine.ingest_key, "/api/incidents")).status).toBe(403);
  expect((await ask(mine.api_key, `/api/incidents/${incident_id}`)).status).toBe(200);
  const foreign = await ask(other.api_key, `/api/incidents/${incident_id}`);
  const missing = await ask(other.api_key, `/api/incidents/${incident_id.slice(0, -4)}0000`);
  expect([foreign.status, missing.status]).toEqual([404, 404]);
});

test("a person who signed in sees no project and no incident of somebody else, which row-level security alone decides", async () => {
  const project = await newProject();
  const { incident_id } = (await (await ingest(project, JSON.stringify(crash()))).json()) as { incident_id: string };
  const postmaster = await readFile(join(culprit.dataDir, "postgres", "data", "postmaster.pid"), "utf8");
  const [, , , port, host] = postmaster.split("\n");
  const client = new pg.Client({ host, port: Number(port), user: "culprit", database: "culprit" });
  await client.connect();
  await client.query(
    `with stranger as (insert into users (github_login) values ('stranger') returning id)
     insert into sessions (token_hash, user_id, expires_at) select sha256('a stranger''s session'), id, now() + interval '1 hour' from stranger`,
  );
  await client.end();
  const ask = (path: string) =>
    fetch(`${culprit.url}${path}`, { headers: { cookie: "culprit_session=a%20stranger's%20session" } });
  expect(await (await ask("/api/me")).json()).toMatchObject({ login: "stranger" });
  expect(await (await ask("/api/projects")).json()).toEqual({ projects: [] });
  expect(await (await ask("/api/incidents")).json()).toMatchObject({ incidents: [] });
  expect((await ask(`/api/incidents/${incident_id}`)).status).toBe(404);
});

test("a resolve is a conditional move: done once, then a conflict", async () => {
  const project = await newProject();
  const { incident_id } = (await (await ingest(project, JSON.stringify(crash()))).json()) as { incident_id: string };
  await eventually(
    () => detailOf(project, incident_id),
    ({ status }) => status === "diagnosed" || status === "failed",
  );
  const resolve = () =>
    fetch(`${culprit.url}/api/incidents/${incident_id}`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${project.api_key}`, "content-type": "application/json" },
      body: JSON.stringify({ status: "resolved", reason: "fixed by hand" }),
    });
  const [first, second] = [await resolve(), await resolve()];
  expect([first.status, second.status]).toEqual([200, 409]);
  expect(await detailOf(project, incident_id)).toMatchObject({ status: "resolved" });
});

test("a list of what is unresolved leaves out the resolved and keeps every other status", async () => {
  const project = await newProject();
  const headers = { authorization: `Bearer ${project.api_key}`, "content-type": "application/json" };
  const open = async (message: string) =>
    ((await (await ingest(project, JSON.stringify(crash(message)))).json()) as { incident_id: string }).incident_id;
  const [done, left] = [await open("one"), await open("two")];
  const resolve = () =>
    fetch(`${culprit.url}/api/incidents/${done}`, { method: "PATCH", headers, body: '{"status":"resolved"}' });
  await eventually(resolve, ({ status }) => status === 200);
  const listOf = async (status: string) => {
    const reply = await fetch(`${culprit.url}/api/incidents?status=${status}`, { headers });
    return incidentListSchema.parse(await reply.json()).incidents.map(({ id }) => id);
  };
  expect([await listOf("unresolved"), await listOf("resolved")]).toEqual([[left], [done]]);
  expect((await fetch(`${culprit.url}/api/incidents?status=unsolved`, { headers })).status).toBe(400);
});

test("a repository that is not there and a shortened commit are refused with their value and what to do, and no half of a project is made", async () => {
  const project = await newProject();
  const post = async (path: string, body: object, headers: Record<string, string>) => {
    const init = {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    };
    const reply = await fetch(`${culprit.url}${path}`, init);
    return { status: reply.status, body: (await reply.json()) as { error?: { code: string; message: string } } };
  };
  const byKey = { authorization: `Bearer ${project.api_key}` };
  for (const url of ["/nowhere/shop", culprit.dataDir]) {
    const { status, body } = await post("/api/repositories", { url }, byKey);
    expect({ status, code: body.error?.code }).toEqual({ status: 400, code: "INVALID_REQUEST" });
    expect(body.error?.message).toContain(JSON.stringify(url));
  }
  const deployment = await post("/api/deployments", { commit_sha: "3f2a91b" }, byKey);
  expect(deployment).toMatchObject({ status: 400, body: { error: { code: "INVALID_REQUEST" } } });
  expect(deployment.body.error?.message).toContain('commit_sha: "3f2a91b" is no whole commit id');
  for (const empty of [{}, { service: "shop", commit_sha: null, metadata: { release: "1" } }]) {
    const { status, body } = await post("/api/deployments", empty, byKey);
    expect({ status, code: body.error?.code }).toEqual({ status: 400, code: "INVALID_REQUEST" });
    expect(body.error?.message).toContain(
      "commit_sha: is missing, and so are release, image_ref, deployment_id and workload",
    );
  }
  const named = await post("/api/deployments", { deployment_id: "dpl_1" }, byKey);
  expect(named.status).toBe(201);
  const remote = await post("/api/repositories", { url: "http://bob:hunter2@127.0.0.1:9/shop.git" }, byKey);
  expect([remote.status, remote.body.error?.code]).toEqual([502, "REPOSITORY_UNAVAILABLE"]);
  expect(JSON.stringify(remote.body)).not.toContain("hunter2");
  const { stdout } = await culprit.culprit("login-link");
  const signedIn = await fetch(stdout.trim(), { redirect: "manual" });
  const bySession = { cookie: (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
  const input = { name: `half ${project.project_id.slice(-6)}`, repository: "/nowhere/shop" };
  expect((await post("/api/projects", input, bySession)).status).toBe(400);
  expect((await post("/api/projects", { name: input.name }, bySession)).status).toBe(201);
});

test("the list of projects is what the contract says, and a key sees its own alone", async () => {
  const project = await newProject();
  const reply = await fetch(`${culprit.url}/api/projects`, { headers: { authorization: `Bearer ${project.api_key}` } });
  expect(projectListSchema.parse(await reply.json()).projects.map(({ id }) => id)).toEqual([project.project_id]);
});

test("an incident whose signals name no service is of the one called like its project, until a span of the request names it", async () => {
  const project = await newProject();
  const send = (more: object) => ingest(project, JSON.stringify(crash("x is undefined", { context: more })));
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  await send({ trace_id: traceId });
  expect(await incidentsOf(project)).toMatchObject([{ service: project.name.replace(" ", "-") }]);
  await send({ trace_id: traceId, service: "checkout" });
  expect(await incidentsOf(project)).toMatchObject([{ service: "checkout", occurrence_count: 2 }]);
});

test("without a repository the investigation ends inconclusive and says what would help", async () => {
  const project = await newProject();
  const { incident_id } = (await (await ingest(project, JSON.stringify(crash()))).json()) as { incident_id: string };
  const detail = await eventually(
    () => detailOf(project, incident_id),
    ({ execution }) => execution?.status === "completed",
  );
  expect(detail).toMatchObject({ verdict: "inconclusive", culprit_commit: null, status: "diagnosed" });
  expect(detail.report?.markdown.length).toBeGreaterThan(50);
});

test("the sign-in link works once", async () => {
  const first = await fetch(culprit.loginLink, { redirect: "manual" });
  const cookie = first.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/culprit_session=.+HttpOnly.*SameSite=Lax/i);
  const me = await fetch(`${culprit.url}/api/me`, { headers: { cookie: cookie.split(";")[0] ?? "" } });
  expect(me.status).toBe(200);
  const again = await fetch(culprit.loginLink, { redirect: "manual" });
  expect(again.headers.get("location")).toContain("expired");
  expect((await fetch(`${culprit.url}/api/me`)).status).toBe(401);
});

test("a second server on the same port ends at once and says what to do; the first goes on", async () => {
  const port = new URL(culprit.url).port;
  const { code, stderr } = await runCulprit(["start", "--data-dir", culprit.dataDir, "--port", port]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/Port \d+ of 127\.0\.0\.1 is taken/);
  expect((await fetch(`${culprit.url}/health`)).status).toBe(200);
});
