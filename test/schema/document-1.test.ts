import { text } from "node:stream/consumers";
import { to as copyTo } from "pg-copy-streams";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dumpSchema } from "../../server/src/platform/db/schema/dump-schema.ts";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";
import { type FilledProject, fillProject, makeOldLogPartitions } from "./fill-every-table.ts";
import { printed, statementsOf } from "./printed-statements.ts";
import { thenUndone, withinSchema } from "./within-schema.ts";

/** Document 1's statements under `SET search_path TO autopsy`. Both projects have the ten incidents of `incident-kinds.ts`. */
let own: TestDatabase;
let alpha: FilledProject;
let beta: FilledProject;
beforeAll(async () => {
  own = await createTestDatabase();
  const { pool } = own.database;
  await makeOldLogPartitions(pool);
  alpha = await fillProject(pool, "alpha");
  beta = await fillProject(pool, "beta");
});
afterAll(() => own.drop());

async function ask(heading: string, schema = "autopsy"): Promise<Record<string, unknown>[]> {
  return withinSchema(
    own.database.pool,
    schema,
    async (client) => (await client.query(printed("1-autopsy", heading))).rows,
  );
}
const newestFirst = () =>
  [...alpha.incidents, ...beta.incidents].toSorted(
    (a, b) => a.hoursAgo - b.hoursAgo || a.publicId.localeCompare(b.publicId),
  );

test("all incidents come newest first, with the document's columns and its words for the status", async () => {
  const rows = await ask("Get all incidents");
  expect(Object.keys(rows[0] ?? {})).toEqual([
    ...["id", "trace_id", "error_type", "error_message", "stack_trace", "file_snapshots", "pr_url", "pr_number"],
    ...["status", "created_at", "updated_at"],
  ]);
  expect(rows.map(({ id, status }) => `${id} ${status}`).toSorted()).toEqual(
    newestFirst()
      .map(({ publicId, key }) => `${publicId} ${WORDS[key]}`)
      .toSorted(),
  );
  const times = rows.map(({ created_at }) => (created_at as Date).getTime());
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});
const WORDS: Readonly<Record<string, string>> = {
  ...{ open: "detected", muted: "resolved", queued: "detected", pod: "analyzing", slow: "analyzing" },
  ...{ cart: "pr_created", node: "analyzing", told: "analyzing", gone: "resolved", past: "resolved" },
};

test("an incident comes with its autopsy by its public id", async () => {
  expect(await ask("Get incident with autopsy")).toMatchObject([
    {
      ...{ id: "inc_abc123", error_type: "exception", status: "pr_created", pr_number: 123 },
      ...{ root_cause: "cart has a null", patch_diff: "--- a/src/cart.ts", ai_fix_prompt: "mend it" },
      ...{ manual_steps: ["open the file"], pr_url: "https://github.com/owner/repo/pull/123" },
    },
  ]);
});

test("the incidents of a day are counted by the detector, which the document calls error_type", async () => {
  const rows = await ask("Get recent incidents by type");
  expect(rows[0]).toEqual({ error_type: "exception", count: 4 });
  expect(rows.map(({ error_type, count }) => `${error_type} ${count}`).toSorted()).toEqual([
    "crash 2",
    "exception 4",
    "http_error 2",
  ]);
});

test("the incidents of a week without a pull request leave out the ones that have one", async () => {
  const rows = await ask("Get incidents without PRs");
  const expected = newestFirst().filter(({ key, hoursAgo }) => hoursAgo < 7 * 24 && key !== "cart");
  expect(rows.map(({ id }) => id).toSorted()).toEqual(expected.map(({ publicId }) => publicId).toSorted());
  expect(rows.every(({ pr_url }) => pr_url === null)).toBe(true);
});

test("the share of analysed incidents counts those of a month with an autopsy", async () => {
  expect(await ask("Get autopsy success rate")).toEqual([
    { total_incidents: 16, analyzed_incidents: 6, success_rate: 37.5 },
  ]);
});

test("the share of patches that apply counts neither the failed one nor the missing one", async () => {
  expect(await ask("Get patch application success rate")).toEqual([
    { total_prs: 6, successful_patches: 2, success_rate: 33.33 },
  ]);
});

test("the archive is a line of JSON for each incident of more than 30 days, with its cause and patch", async () => {
  const output = await withinSchema(own.database.pool, "autopsy", (client) =>
    text(client.query(copyTo(printed("1-autopsy", "Archive to JSON")))),
  );
  const lines = output.trim().split("\n");
  expect(lines).toHaveLength(4);
  const archived = lines.map((line) => JSON.parse(line.replaceAll("\\\\", "\\")));
  const row = archived.find(({ id }) => id === "inc_beta_gone");
  expect(row).toMatchObject({ error_type: "exception", status: "resolved", root_cause: "gone has a null" });
  expect(row.patch_diff).toBe("--- a/src/stock.ts");
  const gone = beta.incidents.find(({ key }) => key === "gone");
  expect(Math.abs(Date.parse(`${row.created_at}Z`) - (Date.now() - (gone?.hoursAgo ?? 0) * 3_600_000))).toBeLessThan(
    120_000,
  );
});

test("an autopsy alone is deleted through its view", async () => {
  await thenUndone(own.database.pool, async (client) => {
    await client.query("set local search_path to autopsy");
    const { rowCount } = await client.query("DELETE FROM autopsy_results WHERE incident_id = 'inc_abc123'");
    expect(rowCount).toBe(1);
    const { rows } = await client.query(printed("1-autopsy", "Get incident with autopsy"));
    expect(rows).toMatchObject([{ id: "inc_abc123", root_cause: null }]);
    const { rows: left } = await client.query("select count(*)::int as n from public.autopsy_results");
    expect(left).toEqual([{ n: 9 }]);
  });
});

test("the set-up script runs over a migrated database and changes nothing", async () => {
  const { pool } = own.database;
  const before = await dumpSchema(pool);
  const notices: string[] = [];
  await withinSchema(pool, "public", async (client) => {
    client.on("notice", ({ message }) => notices.push(message ?? ""));
    await client.query(printed("1-autopsy", "Initial Setup"));
  });
  expect(notices).toHaveLength(9);
  expect(notices.every((notice) => notice.endsWith("already exists, skipping"))).toBe(true);
  expect(await dumpSchema(pool)).toBe(before);
});

test("VACUUM ANALYZE works on the tables in public; under autopsy, where the names are views, it says that it passes them over", async () => {
  const { pool } = own.database;
  const vacuumed = async () =>
    (
      await pool.query(
        "select relname, vacuum_count::int as n from pg_stat_user_tables where relname in ('incidents', 'autopsy_results') order by 1",
      )
    ).rows;
  const run = (schema: string) =>
    withinSchema(pool, schema, async (client) => {
      const notices: string[] = [];
      client.on("notice", ({ message }) => notices.push(message ?? ""));
      for (const statement of statementsOf(printed("1-autopsy", "Optimize tables"))) await client.query(statement);
      await client.query("select pg_stat_force_next_flush()");
      return notices;
    });
  expect(await run("public")).toEqual([]);
  await expect.poll(vacuumed).toEqual([
    { relname: "autopsy_results", n: 1 },
    { relname: "incidents", n: 1 },
  ]);
  expect((await run("autopsy")).map((notice) => /"(\w+)"/.exec(notice)?.[1])).toEqual(["incidents", "autopsy_results"]);
});

test("the cron job's three statements run one after the other and leave what is younger than 90 days", async () => {
  const copy = await createTestDatabase();
  try {
    const { pool } = copy.database;
    await makeOldLogPartitions(pool);
    await fillProject(pool, "alpha");
    await withinSchema(pool, "autopsy", async (client) => {
      for (const statement of statementsOf(printed("1-autopsy", "Create a cron job"))) await client.query(statement);
      const { rows } = await client.query(printed("1-autopsy", "Get all incidents"));
      expect(rows).toHaveLength(9);
      expect(rows.map(({ id }) => id)).not.toContain("inc_alpha_past");
    });
  } finally {
    await copy.drop();
  }
});

test("the sizes of tables are listed largest first", async () => {
  const rows = await ask("View table sizes", "public");
  const { rows: incidents } = await own.database.pool.query(
    "select pg_size_pretty(pg_total_relation_size('incidents')) as size",
  );
  expect(rows.find(({ tablename }) => tablename === "incidents")?.size).toBe(incidents[0].size);
  expect(rows.find(({ tablename }) => tablename === "autopsy_results")).toBeDefined();
  expect(rows[0]?.tablename).toBe("incidents");
});

test("the active connections count this one", async () => {
  const [row] = await ask("Active Connections");
  expect(Number(row?.count)).toBeGreaterThan(1);
});

test("the use of indexes is listed with the real column names relname and indexrelname; with the printed ones PostgreSQL refuses it", async () => {
  await expect(ask("Check index usage")).rejects.toMatchObject({ code: "42703" });
  const { pool } = own.database;
  await withinSchema(pool, "autopsy", async (client) => {
    await client.query("set enable_seqscan = off");
    await client.query(printed("1-autopsy", "Get incident with autopsy"));
    await client.query("select pg_stat_force_next_flush()");
  });
  const query = printed("1-autopsy", "Check index usage").replace("tablename, indexname", "relname, indexrelname");
  const used = async () =>
    (await pool.query(query)).rows.find(({ indexrelname }) => indexrelname === "idx_incidents_incident_id");
  await expect.poll(async () => (await used())?.idx_scan).toBeGreaterThan(0);
  expect(await used()).toMatchObject({ schemaname: "public", relname: "incidents" });
});

test("dead rows are counted with the real column name relname; with the printed one PostgreSQL refuses it", async () => {
  await expect(ask("Table Bloat", "public")).rejects.toMatchObject({ code: "42703" });
  const { pool } = own.database;
  await withinSchema(pool, "public", async (client) => {
    await client.query("update repositories set last_error = 'gone'");
    await client.query("select pg_stat_force_next_flush()");
  });
  const query = printed("1-autopsy", "Table Bloat").replaceAll("tablename", "relname");
  const bloat = () =>
    withinSchema(pool, "public", async (client) =>
      (await client.query(query)).rows.find(({ relname }) => relname === "repositories"),
    );
  await expect.poll(bloat).toMatchObject({ n_dead_tup: 2, n_live_tup: 2, dead_ratio: 100 });
});
