import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningCulprit, startCulprit } from "../culprit/start-culprit.ts";
import { type FakeQdrant, startFakeQdrant } from "../fakes/qdrant/fake-qdrant.ts";

let qdrant: FakeQdrant;
let culprit: RunningCulprit;
let keys: { api_key: string };
const env = () => ({ QDRANT_URL: qdrant.url });

beforeAll(async () => {
  qdrant = await startFakeQdrant();
  culprit = await startCulprit({ env: env() });
  keys = JSON.parse((await culprit.culprit("project", "create", "shop", "--json")).stdout);
});
afterAll(async () => {
  await culprit?.stop();
  await qdrant?.close();
});

/** What these tests read of any answer. */
interface Body {
  readonly id: string;
  readonly items: readonly { readonly source: string }[];
  readonly missing: string | null;
}

async function api(
  path: string,
  { method = "GET", body, key = keys.api_key }: { method?: string; body?: unknown; key?: string } = {},
) {
  const reply = await fetch(`${culprit.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: (reply.status === 204 ? null : await reply.json()) as Body };
}

test("who calls whom can be said and asked for, and another project sees none of it", async () => {
  const edges = [
    { from: "web", to: "cart" },
    { from: "cart", to: "database:orders", engine: "postgresql" },
  ];
  expect(await api("/api/topology", { method: "POST", body: { edges } })).toEqual({
    status: 201,
    body: { declared: 2 },
  });
  const { status, body } = await api("/api/topology?service=cart&hops=1");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ engine: "postgres", service: "default/production/cart" },
    nodes: [
      { kind: "service", key: "default/production/cart", hops: 0 },
      { kind: "database", key: "database:orders", detail: "postgresql", hops: 1 },
      { kind: "service", key: "default/production/web", hops: 1 },
    ],
    edges: [
      { from: "default/production/cart", to: "database:orders", source: "manual" },
      { from: "default/production/web", to: "default/production/cart", source: "manual" },
    ],
  });
  const other = JSON.parse((await culprit.culprit("project", "create", "other", "--json")).stdout);
  expect((await api("/api/topology?service=cart", { key: other.api_key })).status).toBe(404);
  expect(
    (await api("/api/topology", { method: "POST", body: { edges: [{ from: "database:x", to: "web" }] } })).status,
  ).toBe(400);
  const since = "2026-01-01T00:00:00Z";
  expect(await api(`/api/topology/commits?service=cart&since=${since}`)).toEqual({
    status: 200,
    body: { engine: "postgres", items: [] },
  });
});

test("a runbook is found by its meaning in Qdrant, is listed, and is gone when it is removed", async () => {
  const runbook = { title: "Pool exhausted", content: "# Act\nRaise max_connections of the database.", tags: ["db"] };
  const { body: made } = await api("/api/runbooks", { method: "POST", body: runbook });
  expect(made.id).toMatch(/^rbk_/);
  await expect
    .poll(async () => (await api("/api/search?q=database+connections+are+exhausted")).body, { timeout: 20_000 })
    .toMatchObject({
      missing: null,
      items: [{ collection: "runbooks", source: "qdrant", payload: { title: "Pool exhausted", tags: ["db"] } }],
    });
  expect((await api("/api/runbooks")).body).toMatchObject({
    items: [{ id: made.id, title: "Pool exhausted" }],
    next_cursor: null,
  });
  expect((await api(`/api/runbooks/${made.id}`, { method: "DELETE" })).status).toBe(204);
  expect((await api("/api/search?q=database+connections")).body.items).toEqual([]);
  expect(qdrant.problems).toEqual([]);
});

test("a runbook comes from a file too; a Qdrant that lost its data is filled again by one command", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "culprit-runbook-")), "cache.md");
  writeFileSync(file, "---\ntags: [cache]\n---\n# The cache is cold\nWarm it with the nightly job.");
  const run = (...args: string[]) => culprit.culprit(...args, "--qdrant-url", qdrant.url);
  expect((await run("runbook", "add", file, "--project", "shop")).stdout).toContain("The cache is cold");
  expect((await run("runbook", "list", "--project", "shop")).stdout).toContain("The cache is cold");
  await expect
    .poll(async () => (await api("/api/search?q=warm+the+cache")).body.items[0]?.source, { timeout: 20_000 })
    .toBe("qdrant");
  qdrant.reset();
  const lost = await api("/api/search?q=warm+the+cache");
  expect(lost.body.missing).toContain("culprit engines rebuild qdrant");
  expect(lost.body.items[0]).toMatchObject({ source: "postgres", similarity: 0 });
  const rebuilt = await run("engines", "rebuild", "qdrant");
  expect(rebuilt).toMatchObject({ code: 0 });
  expect(rebuilt.stdout).toContain("qdrant is complete.");
  expect(rebuilt.stderr).toContain("filling");
  expect((await api("/api/search?q=warm+the+cache")).body.items[0]).toMatchObject({ source: "qdrant" });
  const status = await run("engines", "status");
  expect(status.stdout).toMatch(/qdrant +ok +Qdrant 1\.19\.0-fake answers\./);
});

test("an engine that goes away while Culprit runs is unhealthy, visibly, and Culprit itself is not", async () => {
  const engines = async () =>
    (await (await fetch(`${culprit.url}/health`)).json()) as {
      status: string;
      engines: { engine: string; status: string; message: string }[];
    };
  expect(await engines()).toMatchObject({
    status: "ok",
    engines: expect.arrayContaining([expect.objectContaining({ engine: "qdrant", status: "ok" })]),
  });
  await qdrant.close();
  await expect
    .poll(async () => (await engines()).engines.find(({ engine }) => engine === "qdrant"), { timeout: 20_000 })
    .toMatchObject({ status: "unhealthy", message: expect.stringContaining("QDRANT_URL") });
  expect(await engines()).toMatchObject({ status: "ok" });
  expect((await culprit.culprit("engines", "status", "--qdrant-url", qdrant.url)).code).toBe(1);
});

test("an engine that is named and does not answer stops the start with its address and what to check", async () => {
  const starting = startCulprit({ env: { NEO4J_URL: "bolt://127.0.0.1:9", NEO4J_PASSWORD: "hunter2" } });
  const error = await starting.then(
    (running) => running.stop().then(() => new Error("it started")),
    (caught: Error) => caught,
  );
  expect(error.message).toContain("127.0.0.1:9");
  expect(error.message).toContain("NEO4J_URL");
  expect(error.message).not.toContain("hunter2");
});
