import { databaseStatsSchema, operationsSchema, type ProjectCreated, upkeepRunListSchema } from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type RunningCulprit, runCulprit, startCulprit } from "../culprit/start-culprit.ts";

let culprit: RunningCulprit;
let cookie: string;
beforeAll(async () => {
  culprit = await startCulprit({ env: { CULPRIT_PROOF: "off" } });
  const signedIn = await fetch(culprit.loginLink, { redirect: "manual" });
  cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
});
afterAll(() => culprit.stop());

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${culprit.url}${path}`, { ...init, headers: { cookie, ...init.headers } });

test("the page's API says how the installation stands: who runs what and when, the queue, backups, faults", async () => {
  const operations = await eventually(
    async () => operationsSchema.parse(await (await ask("/api/operations")).json()),
    // The scheduler plans a moment after the start.
    ({ schedules }) => schedules.every(({ next_run_at }) => next_run_at !== null),
  );
  expect(operations.schedules.map(({ name, cron, owner }) => `${name} ${cron} ${owner}`)).toEqual([
    "backup 30 1 * * * engine",
    "cleanup-old-logs 0 2 * * * engine",
    "cleanup-old-executions 0 3 * * 0 engine",
    "maintain-database 15 3 * * * engine",
    "refresh-views 5 * * * * engine",
    "check-database 20 * * * * engine",
    "watch-incident-spike */10 * * * * engine",
    "watch-unused-keys 0 6 * * 1 engine",
    "watch-failed-auth */10 * * * * engine",
  ]);
  expect(operations).toMatchObject({
    ...{ faults: [], backups: [], replica: { state: "off" }, deadman: { is_on: false } },
    database: { is_embedded: true },
  });
});

test("the database's statistics name the database and what waits in it", async () => {
  const stats = databaseStatsSchema.parse(await (await ask("/api/operations/database")).json());
  expect(stats.database_name).toBe("culprit");
  expect(stats.tables.map(({ table }) => table)).toContain("incident_occurrences");
  expect(stats.slow_queries_hint).toMatch(/pg_stat_statements/);
});

test("a check by hand is kept among the runs; a page of runs leads to the next", async () => {
  for (let time = 0; time < 3; time++)
    expect(await (await ask("/api/operations/check", { method: "POST" })).json()).toMatchObject({ findings: [] });
  const first = upkeepRunListSchema.parse(await (await ask("/api/operations/runs?kind=check&limit=2")).json());
  expect(first.items).toMatchObject([{ status: "completed", summary: "Nothing was found." }, { kind: "check" }]);
  const rest = await (await ask(`/api/operations/runs?kind=check&limit=2&cursor=${first.next_cursor}`)).json();
  expect(upkeepRunListSchema.parse(rest)).toMatchObject({ items: [{ kind: "check" }], next_cursor: null });
});

test("a project's key learns nothing of the installation, and nobody without a session does", async () => {
  const made = await culprit.culprit("project", "create", "shop", "--json");
  const { api_key } = JSON.parse(made.stdout) as ProjectCreated;
  for (const path of ["/api/operations", "/api/operations/database", "/api/operations/runs"]) {
    const byKey = await fetch(`${culprit.url}${path}`, { headers: { authorization: `Bearer ${api_key}` } });
    expect(byKey.status).toBe(403);
    expect((await fetch(`${culprit.url}${path}`)).status).toBe(401);
  }
});

test("the house project is in no list of projects", async () => {
  const page = (await (await ask("/api/projects")).json()) as { projects: { name: string }[] };
  expect(page.projects.map(({ name }) => name)).not.toContain("Culprit itself");
  expect((await culprit.culprit("project", "list")).stdout).not.toContain("Culprit itself");
});

test("culprit status and culprit db check say the same at the command line", async () => {
  const status = await culprit.culprit("status");
  expect(status.stdout).toMatch(/^server +answers at /);
  expect(status.stdout).toMatch(/^sandbox +(?:bwrap|unshare|unshare-user|podman|docker|none): \w/m);
  expect(status.stdout).toContain("cleanup-old-logs");
  expect(status.stdout).toContain("No fault of Culprit's own stands.");
  expect(status.code).toBe(0);
  const check = await culprit.culprit("db", "check");
  expect([check.code, check.stdout.trim()]).toEqual([0, "Nothing was found."]);
});

test("commands name the port that the running server took, also one that it chose itself, and after a crash no longer", async () => {
  const other = await startCulprit({ env: { CULPRIT_PROOF: "off" } });
  try {
    const made = JSON.parse((await other.culprit("project", "create", "shop", "--json")).stdout) as ProjectCreated;
    expect(new URL(made.dsn).origin).toBe(new URL(other.url).origin);
    expect((await other.culprit("login-link")).stdout).toContain(`${other.url}/login/`);
    expect((await other.culprit("status")).stdout).toContain(`answers at ${other.url}`);
    const ended = new Promise((resolve) => other.process.once("exit", resolve));
    other.process.kill("SIGKILL");
    await ended;
    expect((await other.culprit("login-link", "--port", "4999")).stdout).toContain("http://127.0.0.1:4999/login/");
    const link = await runCulprit(["login-link", "--data-dir", other.dataDir, "--port", "0"]);
    expect(link.stderr).toContain("put that port in the place of 0");
  } finally {
    await other.stop();
  }
});
