import { randomUUID } from "node:crypto";
import { type MetricSample, metricKinds } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { silentLog } from "../../../platform/db/database-log.ts";
import { deleteAgedRows } from "../../../platform/db/retention/delete-aged-rows.ts";
import { createProject } from "../../access/index.ts";
import type { TelemetryStore } from "../telemetry-port.ts";
import { openPostgresTelemetry } from "./open-postgres-telemetry.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const TODAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const clock = { now: new Date() };

let own: TestDatabase;
let store: TelemetryStore;
beforeAll(async () => {
  own = await createTestDatabase();
  store = open();
});
afterAll(() => own.drop());

const open = () =>
  openPostgresTelemetry({
    ...{ database: own.database, log: silentLog, now: () => clock.now, keepDays: 14, isFolding: false },
  });
const newProject = async () => (await createProject(own.database.db, { name: `p ${randomUUID()}` })).id;
const sample = (more: Partial<MetricSample>): MetricSample => ({
  ...{ serviceKey: "prod/shop/cart", environment: "prod", metric: "queue", kind: "gauge", unit: null, labels: {} },
  ...{ atMs: TODAY_MS - 12 * HOUR_MS, value: 1, ...more },
});
const count = async (projectId: string) => {
  const { rows } = await sql<{ batches: number; blocks: number; points: number; shown: number }>`
    select (select count(*)::int from metric_batches where project_id = ${projectId}) as batches,
      (select count(*)::int from metric_blocks where project_id = ${projectId}) as blocks,
      (select coalesce(sum(points), 0)::int from metric_blocks where project_id = ${projectId}) as points,
      (select count(*)::int from metric_points where project_id = ${projectId}) as shown`.execute(own.database.db);
  return rows[0];
};

test("the documented view shows each point once, before it is folded, after it, and between", async () => {
  const projectId = await newProject();
  const values = [1, 1, 4, -2.5, 1e300, 1e-300, 0];
  const metrics = metricKinds.flatMap((kind) =>
    values.map((value, n) => sample({ kind, value, atMs: TODAY_MS - HOUR_MS + n * (15_000 + n) })),
  );
  const show = async () => {
    const { rows } = await sql<{ ts: Date; kind: string; value: number }>`
      select ts, kind, value from metric_points where project_id = ${projectId} order by kind, ts`.execute(
      own.database.db,
    );
    return rows.map(({ ts, kind, value }) => [kind, ts.getTime(), value]);
  };
  const sent = metrics.map(({ kind, atMs, value }) => [kind, atMs, value]);
  const expected = [...metricKinds].sort().flatMap((kind) => sent.filter(([of]) => of === kind));
  await store.write([{ projectId, metrics, spans: [], logs: [] }]);
  expect(await show()).toEqual(expected);
  await store.maintain(new Date());
  expect(await count(projectId)).toMatchObject({ batches: 0, points: sent.length });
  expect(await show()).toEqual(expected);
  await store.write([{ projectId, metrics, spans: [], logs: [] }]);
  expect(await show()).toEqual(expected);
});

test("points of a series and hour end in one row; equal gaps and equal values are written once", async () => {
  const projectId = await newProject();
  const metrics = Array.from({ length: 240 }, (_, n) =>
    sample({ value: 7, atMs: TODAY_MS - 12 * HOUR_MS + n * 15_000 }),
  );
  for (const part of [metrics.slice(100), metrics.slice(0, 120)]) {
    await store.write([{ projectId, metrics: part, spans: [], logs: [] }]);
    await store.maintain(new Date());
  }
  expect(await count(projectId)).toEqual({ batches: 0, blocks: 1, points: 240, shown: 240 });
  const { rows } = await sql`select gaps, vals from metric_blocks where project_id = ${projectId}`.execute(
    own.database.db,
  );
  expect(rows).toEqual([{ gaps: [15_000], vals: [7] }]);
});

test("two processes that fold at once, beside writers, lose no point and double none", async () => {
  const projectId = await newProject();
  const stores = [open(), open()];
  const writes = Array.from({ length: 40 }, (_, n) =>
    stores[n % 2]?.write([
      {
        projectId,
        metrics: [0, 1, 2].map((k) => sample({ atMs: TODAY_MS + n * 60_000 - DAY_MS / 2 + k, value: n })),
        spans: [],
        logs: [],
      },
    ]),
  );
  const folds = Array.from({ length: 6 }, (_, n) => stores[n % 2]?.maintain(new Date()));
  await Promise.all([...writes, ...folds]);
  await store.maintain(new Date());
  expect(await count(projectId)).toMatchObject({ batches: 0, points: 120, shown: 120 });
});

test("when the points of a day are gone its steps answer, and a day without its steps is not dropped unread", async () => {
  const projectId = await newProject();
  const dayMs = TODAY_MS - 12 * DAY_MS;
  const metrics = Array.from({ length: 240 }, (_, n) => sample({ value: n, atMs: dayMs + n * 15_000 }));
  await store.write([{ projectId, metrics, spans: [], logs: [] }]);
  await store.maintain(new Date());
  const ask = async (stepMs: number) =>
    (await store.readSeries({ projectId, fromMs: dayMs, toMs: dayMs + HOUR_MS, stepMs, seriesMax: 10 })).map(
      ({ times, values }) => [times.length, values[0], values.at(-1)],
    );
  const before = [await ask(300_000), await ask(HOUR_MS)];
  expect(before).toEqual([[[12, 9.5, 229.5]], [[1, 119.5, 119.5]]]);
  const policy = {
    incidentDays: 0,
    executionLogDays: 0,
    telemetryDays: 5,
    rollup5mDays: 60,
    rollup1hDays: 400,
    eventIdDays: 7,
  };
  const removed = await deleteAgedRows(own.database.pool, policy, ["metric_blocks", "metric_days"]);
  expect(removed.find(({ table }) => table === "metric_blocks")?.partitions.length).toBeGreaterThan(0);
  expect(await count(projectId)).toMatchObject({ points: 0 });
  expect([await ask(300_000), await ask(HOUR_MS)]).toEqual(before);
});

test("points that come after their day was rolled up make it be done again", async () => {
  const projectId = await newProject();
  const dayMs = TODAY_MS - 5 * DAY_MS;
  const send = (atMs: number, value: number) =>
    store.write([{ projectId, metrics: [sample({ atMs, value })], spans: [], logs: [] }]);
  const hourOfDay = async () => {
    const { rows } = await sql<{ avgs: number[]; counts: number[] }>`
      select avgs, counts from metric_rollups_1h where project_id = ${projectId}`.execute(own.database.db);
    return rows;
  };
  await send(dayMs, 10);
  await store.maintain(new Date());
  expect(await hourOfDay()).toEqual([{ avgs: [10], counts: [1] }]);
  await send(dayMs + 1000, 30);
  await store.maintain(new Date());
  expect(await hourOfDay()).toEqual([{ avgs: [20], counts: [2] }]);
});

test("a name that PostgreSQL would read as a statement, and two that differ in one label, are series of their own", async () => {
  const projectId = await newProject();
  const labels = [{}, { a: "1" }, { a: "1", b: "" }, { a: "", b: "1" }, { "a\u00001": "" }];
  const metrics = labels.map((one, n) => sample({ metric: "x'; drop table metric_series; --", labels: one, value: n }));
  await store.write([{ projectId, metrics, spans: [], logs: [] }]);
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from metric_series where project_id = ${projectId}`.execute(own.database.db);
  expect(rows).toEqual([{ n: 5 }]);
});

test("reading logs by words uses their index, whatever else lies in the day", async () => {
  const projectId = await newProject();
  const log = (body: string, n: number) => ({
    ...{
      serviceKey: `prod/shop/s${n % 50}`,
      environment: "prod",
      atMs: TODAY_MS - HOUR_MS + n,
      severity: "info" as const,
    },
    ...{ body, traceId: null, spanId: null, attributes: {}, templateId: null },
  });
  const logs = Array.from({ length: 20_000 }, (_, n) =>
    log(n === 9_000 ? "needle in a haystack" : `line ${n} read`, n),
  );
  await store.write([{ projectId, metrics: [], spans: [], logs }]);
  await own.database.pool.query("vacuum analyze log_records");
  const { rows } = await sql<{ "QUERY PLAN": string }>`
    explain select * from log_records where project_id = ${projectId} and ts >= ${new Date(TODAY_MS - DAY_MS)} and ts < ${new Date(TODAY_MS + DAY_MS)}
      and log_words(body) @@ plainto_tsquery('simple', 'needle') order by ts desc limit 10`.execute(own.database.db);
  expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).toMatch(/Bitmap Index Scan on log_records_\d+_log_words_idx/);
  const window = { projectId, fromMs: TODAY_MS - DAY_MS, toMs: TODAY_MS + DAY_MS, limit: 10 };
  expect(await store.readLogs({ ...window, words: "needle" })).toHaveLength(1);
});

test("labels that several series share, as the same object, keep each series apart: by metric, kind, service, environment and project", async () => {
  const labels = Object.freeze({ pod: "a" });
  const [one, two] = [await newProject(), await newProject()];
  const metrics = [
    ...[sample({ labels }), sample({ labels, metric: "depth" }), sample({ labels, kind: "counter" })],
    ...[sample({ labels, serviceKey: "prod/shop/pay" }), sample({ labels, environment: "test" })],
  ];
  const none = { spans: [], logs: [] };
  for (let times = 0; times < 2; times += 1)
    await store.write([
      { ...none, projectId: one, metrics },
      { ...none, projectId: two, metrics },
    ]);
  const { rows } = await sql<{ series: string }>`
    select concat_ws(' ', service_key, environment, metric_name, kind) as series from metric_series
    where project_id = any(${[one, two]}::uuid[]) order by project_id, service_key, environment, metric_name, kind`.execute(
    own.database.db,
  );
  const each = [
    ...["prod/shop/cart prod depth gauge", "prod/shop/cart prod queue counter", "prod/shop/cart prod queue gauge"],
    ...["prod/shop/cart test queue gauge", "prod/shop/pay prod queue gauge"],
  ];
  expect(rows.map(({ series }) => series)).toEqual([...each, ...each]);
});
