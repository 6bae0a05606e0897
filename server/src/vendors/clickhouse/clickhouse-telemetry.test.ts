import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { hasChdb, startChdb } from "../../../../test/clickhouse/start-chdb.ts";
import { createTestDatabase } from "../../../../test/database/create-test-database.ts";
import { createProject } from "../../domains/access/index.ts";
import {
  copyTelemetry,
  openPostgresTelemetry,
  type StoredTelemetry,
  type TelemetryStore,
} from "../../domains/telemetry/index.ts";
import { telemetryConformance } from "../../domains/telemetry/telemetry-conformance.ts";
import { silentLog } from "../../platform/db/database-log.ts";
import { openClickHouseTelemetry } from "./open-clickhouse-telemetry.ts";

const kept = { keepDays: 14, rollup5mDays: 60, rollup1hDays: 400 };

describe.skipIf(!hasChdb)(
  "the real ClickHouse engine (chdb, in process, behind a small HTTP server of the test)",
  () => {
    telemetryConformance("ClickHouse", async (now) => {
      const server = await startChdb();
      const store = await openClickHouseTelemetry({
        ...{ url: server.url, now, ...kept },
        maySee: async (tenant, projectId) => tenant.projectId === projectId,
      });
      return {
        store,
        newProject: async () => randomUUID(),
        newIncident: async () => randomUUID(),
        close: async () => {
          await store.close();
          await server.stop();
        },
      };
    });
  },
);

describe.skipIf(!hasChdb)("moving to the real ClickHouse engine", () => {
  test("what retention holds in the database is copied whole, and a copy that is run again doubles nothing", async () => {
    const [own, server] = [await createTestDatabase(), await startChdb()];
    try {
      const { database } = own;
      const now = () => new Date();
      const from = openPostgresTelemetry({ database, log: silentLog, now, keepDays: 14, isFolding: false });
      const to = await openClickHouseTelemetry({ ...{ url: server.url, now, ...kept }, maySee: async () => true });
      const projects = [];
      for (const name of ["a", "b"]) projects.push((await createProject(database.db, { name })).id);
      for (const [index, projectId] of projects.entries()) {
        await from.write([telemetryOf(projectId, Date.now() - 30 * 3_600_000, index + 2)]);
        // A part is folded, a part is not.
        if (index === 0) await from.maintain(now());
        await from.write([telemetryOf(projectId, Date.now() - 3_600_000, index + 1)]);
      }
      const copied = await copyTelemetry(database, to, () => undefined);
      expect(copied).toEqual({ points: 480, spans: 480, logs: 480, features: 0 });
      await copyTelemetry(database, to, () => undefined);
      for (const projectId of projects) {
        const window = { projectId, fromMs: Date.now() - 48 * 3_600_000, toMs: Date.now(), limit: 10_000 };
        const series = { ...window, stepMs: 1000, seriesMax: 100 };
        const plain = async (store: TelemetryStore) =>
          (await store.readSeries(series)).map(({ ref: _, ...one }) => ({
            ...{ ...one, times: Array.from(one.times), values: Array.from(one.values) },
          }));
        expect(await plain(to)).toEqual(await plain(from));
        expect(await to.readSpans(window)).toEqual(await from.readSpans(window));
        expect(await to.readLogs(window)).toEqual(await from.readLogs(window));
      }
      await to.close();
    } finally {
      await server.stop();
      await own.drop();
    }
  }, 60_000);

  test("an engine that goes away is unhealthy, refuses what it is told and keeps nothing back in silence", async () => {
    const server = await startChdb();
    const store = await openClickHouseTelemetry({
      ...{ url: server.url, now: () => new Date(), ...kept },
      maySee: async () => true,
    });
    await server.stop();
    expect(await store.check()).toMatchObject({ engine: "clickhouse", isHealthy: false });
    const projectId = randomUUID();
    await expect(store.write([telemetryOf(projectId, Date.now() - 1000, 1)])).rejects.toMatchObject({
      code: "ENGINE_UNAVAILABLE",
    });
    const query = { projectId, fromMs: 0, toMs: Date.now(), limit: 1 };
    await expect(store.readLogs(query)).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
    await store.close();
  }, 60_000);
});

/** A minute of points, spans and log lines, one a second of each. */
function telemetryOf(projectId: string, fromMs: number, seed: number): StoredTelemetry {
  const origin = { serviceKey: "prod/shop/cart", environment: "prod" };
  const seconds = Array.from({ length: 60 * seed }, (_, n) => fromMs + Math.floor((n * 60_000) / (60 * seed)));
  return {
    projectId,
    metrics: seconds.map((atMs, n) => ({
      ...{ ...origin, metric: "requests", kind: "counter", unit: "1", labels: { pod: "a" } },
      ...{ atMs, value: n * seed },
    })),
    spans: seconds.map((startMs, n) => ({
      ...{ ...origin, traceId: randomUUID().replaceAll("-", ""), spanId: "00f067aa0ba902b7", parentSpanId: null },
      ...{ name: "GET /cart", kind: "server", startMs, durationMs: n, status: "ok", route: null, httpStatus: 200 },
      ...{ peer: null, attributes: { n }, events: [] },
    })),
    logs: seconds.map((atMs, n) => ({
      ...{ ...origin, atMs, severity: "info", body: `line ${n}`, traceId: null, spanId: null, attributes: {} },
      templateId: "t1",
    })),
  };
}

test("a ClickHouse that is not there is an error at once that names its address and no password", async () => {
  const port = await closedPort();
  const opening = openClickHouseTelemetry({
    ...{ url: `http://culprit:hunter2@127.0.0.1:${port}/telemetry`, now: () => new Date(), ...kept },
    maySee: async () => true,
  });
  await expect(opening).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
  await expect(opening).rejects.toThrow(`127.0.0.1:${port}`);
  await expect(opening).rejects.not.toThrow("hunter2");
});

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}
