import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { silentLog } from "../../../platform/db/database-log.ts";
import { createProject } from "../../access/index.ts";
import { redNames } from "../red/red-names.ts";
import { span } from "../span.fixture.ts";
import { openPostgresTelemetry } from "../store/open-postgres-telemetry.ts";
import { Telemetry } from "./telemetry.ts";

const MINUTE_MS = 60_000;

test("backlogs of two projects that come at once, beside what comes now, are stored in full: requests, and p99 of each minute", async () => {
  const { database, drop } = await createTestDatabase();
  const startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const clock = { ms: startMs };
  const now = () => new Date(clock.ms);
  const store = openPostgresTelemetry({ database, log: silentLog, now, keepDays: 14, isFolding: false });
  const telemetry = new Telemetry(
    {
      ...{ store, log: pino({ level: "silent" }), disk: { check: () => undefined }, now },
      ...{ observeEdges: async () => undefined, storeTemplates: async () => undefined },
    },
    {
      ...{ telemetryPerMinute: 0, telemetryQueuedMax: 100_000, telemetryRoutesMax: 200, telemetrySeriesMax: 20_000 },
      ...{ tracesKeptPercent: 0, tracesKeptPerMinute: 0, traceSlowMs: 2000, traceBufferBytesMax: 1e8 },
      ...{ logTemplatesMax: 100, retentionTelemetryDays: 14 },
    },
  );
  const [old, other] = await Promise.all(
    ["old", "other"].map(async (name) => (await createProject(database.db, { name: `${name} ${randomUUID()}` })).id),
  );
  if (old === undefined || other === undefined) throw new Error("no projects");
  const ten = (fromMs: number) => Array.from({ length: 10 }, (_, index) => span({ startMs: fromMs + index * 900 }));
  // 100 minutes in 90 s, beside 60 of another that also tells of now; a flush each ten seconds.
  for (let step = 0; step < 600; step += 1) {
    clock.ms = startMs + step * 150;
    await telemetry.acceptSpans(old, ten(startMs - 100 * MINUTE_MS + step * 10_000));
    if (step < 360) await telemetry.acceptSpans(other, ten(startMs - 60 * MINUTE_MS + step * 10_000));
    await telemetry.acceptSpans(other, [span({ startMs: clock.ms })]);
    if (step % 66 === 65) await telemetry.flush();
  }
  for (let flush = 0; flush < 20; flush += 1) {
    clock.ms += 10_000;
    await telemetry.flush();
  }
  const told = async (projectId: string, metric: string) => {
    const window = { fromMs: startMs - 100 * MINUTE_MS, toMs: startMs + 10 * MINUTE_MS, stepMs: MINUTE_MS };
    const series = await store.readSeries({ projectId, ...window, metrics: [metric], seriesMax: 100 });
    return series.find(({ labels }) => Object.keys(labels).length === 0);
  };
  const requests = async (projectId: string) =>
    Math.round((await told(projectId, redNames.requests))?.values.reduce((sum, value) => sum + value * 60, 0) ?? 0);
  expect(await requests(old)).toBe(6_000);
  expect(await requests(other)).toBe(3_600 + 600);
  expect((await told(old, redNames.p99))?.times.length).toBe(100);
  expect((await told(other, redNames.p99))?.times.length).toBe(62);
  expect(await told(old, redNames.uncounted)).toBeUndefined();
  await telemetry.close();
  await store.close();
  await drop();
});
