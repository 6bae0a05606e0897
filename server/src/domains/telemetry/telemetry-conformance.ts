import type { LogRecord, MetricSample, SpanRecord } from "@culprit/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoredLog, StoredTelemetry, TelemetryStore } from "./telemetry-port.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Noon of yesterday, so that no test falls on two days. */
const NOON_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;
const NOW = new Date(NOON_MS + 2 * HOUR_MS);
const CART = "prod/shop/cart";

/** An engine with a project of its own for each test. */
export interface TelemetryStage {
  /** Open with `now` as its clock, keeping 14 days. */
  readonly store: TelemetryStore;
  newProject(): Promise<string>;
  /** The key of an incident of the project. */
  newIncident(projectId: string): Promise<string>;
  close(): Promise<void>;
}

/** What every engine that keeps telemetry promises. */
export function telemetryConformance(engine: string, open: (now: () => Date) => Promise<TelemetryStage>): void {
  describe(`telemetry in ${engine}`, () => {
    let stage: TelemetryStage;
    let store: TelemetryStore;
    beforeAll(async () => {
      stage = await open(() => NOW);
      store = stage.store;
    }, 60_000);
    afterAll(() => stage?.close());

    /** A new project with these records. */
    async function filled(records: Partial<Omit<StoredTelemetry, "projectId">>): Promise<string> {
      const projectId = await stage.newProject();
      expect(await store.write([{ projectId, metrics: [], spans: [], logs: [], ...records }])).toEqual({ refused: 0 });
      return projectId;
    }
    const hour = { fromMs: NOON_MS, toMs: NOON_MS + HOUR_MS };
    const read = async (projectId: string, more: object = {}) =>
      (await store.readSeries({ projectId, ...hour, stepMs: 60_000, seriesMax: 100, ...more })).map((one) => ({
        ...one,
        times: Array.from(one.times, (ms) => (ms - NOON_MS) / 1000),
        values: Array.from(one.values),
      }));

    test("a gauge gives the mean of each step that has a value, in order, whatever order they came in", async () => {
      const metrics = [
        [125, 9],
        [0, 1],
        [30, 3],
        [60, 5],
      ].map(([s = 0, value = 0]) => sample({ value, s }));
      const projectId = await filled({ metrics });
      expect(await read(projectId)).toMatchObject([
        {
          serviceKey: CART,
          environment: "prod",
          metric: "queue_length",
          kind: "gauge",
          unit: "1",
          labels: { pod: "a" },
        },
      ]);
      const [series] = await read(projectId);
      expect([series?.times, series?.values]).toEqual([
        [0, 60, 120],
        [2, 5, 9],
      ]);
    });

    test("a counter gives its growth a second; one that starts again at 0 never a negative one", async () => {
      const values = [100, 160, 220, 30, 90];
      const metrics = values.map((value, index) => sample({ kind: "counter", value, s: index * 60 - 60 }));
      const [series] = await read(await filled({ metrics }));
      // The value before the window makes the first growth known.
      expect([series?.times, series?.values]).toEqual([
        [0, 60, 120, 180],
        [1, 1, 0.5, 1],
      ]);
    });

    test("a delta gives its sum over the step, a second", async () => {
      const metrics = [10, 20, 30].map((value, index) => sample({ kind: "delta", value, s: index * 30 }));
      const [series] = await read(await filled({ metrics }));
      expect([series?.times, series?.values]).toEqual([
        [0, 60],
        [0.5, 0.5],
      ]);
    });

    test("the same batch written twice is stored once", async () => {
      const batch = {
        metrics: [sample({ kind: "delta", value: 60 }), sample({ kind: "delta", value: 60, s: 15 })],
        spans: [span()],
        logs: [log("connection refused"), log("connection refused")],
      };
      const projectId = await filled(batch);
      await store.write([{ projectId, ...batch }]);
      expect((await read(projectId))[0]?.values).toEqual([2]);
      expect(await store.readSpans({ projectId, ...hour, limit: 10 })).toHaveLength(1);
      // Two equal lines of one batch are two.
      expect(await store.readLogs({ projectId, ...hour, limit: 10 })).toHaveLength(2);
    });

    test("series are found by service, name, environment and labels, and bounded", async () => {
      const projectId = await filled({
        metrics: [
          sample({}),
          sample({ labels: { pod: "b", zone: "1" } }),
          sample({ serviceKey: "prod/shop/pay" }),
          sample({ environment: "staging" }),
          sample({ metric: "cpu" }),
        ],
      });
      const found = async (more: object) =>
        (await read(projectId, more)).map(({ serviceKey, environment, metric, labels }) =>
          [serviceKey.split("/")[2], environment, metric, labels.pod].join(" "),
        );
      expect((await found({})).sort()).toEqual([
        "cart prod cpu a",
        "cart prod queue_length a",
        "cart prod queue_length b",
        "cart staging queue_length a",
        "pay prod queue_length a",
      ]);
      expect(await found({ serviceKeys: ["prod/shop/pay"] })).toEqual(["pay prod queue_length a"]);
      expect(await found({ serviceKeys: [] })).toEqual([]);
      expect(await found({ metrics: ["cpu"] })).toEqual(["cart prod cpu a"]);
      expect(await found({ environment: "staging" })).toEqual(["cart staging queue_length a"]);
      expect(await found({ labels: { pod: "b" } })).toEqual(["cart prod queue_length b"]);
      expect(await found({ labels: { pod: "b" }, isExact: true })).toEqual([]);
      expect(await found({ seriesMax: 2 })).toHaveLength(2);
      expect(await found({ fromMs: NOON_MS + HOUR_MS, toMs: NOON_MS + 2 * HOUR_MS })).toEqual([]);
    });

    test("series that have ended take no place among those that a read may bring", async () => {
      const ended = Array.from({ length: 120 }, (_, pod) => sample({ labels: { pod: `old-${pod}` }, s: -1800 }));
      const projectId = await filled({ metrics: [...ended, sample({ serviceKey: "prod/shop/pay" })] });
      const query = { projectId, ...hour, stepMs: 60_000, seriesMax: 2 };
      expect((await store.readSeries(query)).map(({ serviceKey }) => serviceKey)).toEqual(["prod/shop/pay"]);
    });

    test("the names of what there is in a window are listed, with the number of series", async () => {
      const projectId = await filled({
        metrics: [sample({}), sample({ labels: {} }), sample({ metric: "cpu", unit: null, s: -7200 })],
      });
      const list = (more: object) => store.listSeries({ projectId, ...hour, seriesMax: 100, ...more });
      const queue = { serviceKey: CART, metric: "queue_length", kind: "gauge", unit: "1", series: 2 };
      expect(await list({})).toEqual([queue]);
      const cpu = { serviceKey: CART, metric: "cpu", kind: "gauge", unit: null, series: 1 };
      expect(await list({ fromMs: NOON_MS - 3 * HOUR_MS })).toEqual([cpu, queue]);
      expect(await list({ metrics: ["cpu"] })).toEqual([]);
    });

    test("another project, and a tenant whose project it is not, see nothing of it", async () => {
      const [mine, theirs] = [
        await filled({ metrics: [sample({})], spans: [span()], logs: [log("x")] }),
        await stage.newProject(),
      ];
      expect(await read(theirs)).toEqual([]);
      expect(await store.readTrace(theirs, span().traceId)).toEqual([]);
      const stranger = store.asTenant({ userId: null, projectId: theirs });
      const owner = store.asTenant({ userId: null, projectId: mine });
      const query = { projectId: mine, ...hour, stepMs: 60_000, seriesMax: 10, limit: 10 };
      expect([(await stranger.readSeries(query)).length, (await owner.readSeries(query)).length]).toEqual([0, 1]);
      expect([(await stranger.readSpans(query)).length, (await owner.readSpans(query)).length]).toEqual([0, 1]);
      expect([(await stranger.readLogs(query)).length, (await owner.readLogs(query)).length]).toEqual([0, 1]);
      expect([(await stranger.listSeries(query)).length, (await owner.listSeries(query)).length]).toEqual([0, 1]);
    });

    test("a span comes back as it was, by its window, its trace, its service and its failure", async () => {
      const bare: SpanRecord = {
        ...span(),
        ...{ spanId: "1".repeat(16), parentSpanId: "00f067aa0ba902b7", startMs: NOON_MS + 5, status: "error" },
        ...{ route: null, httpStatus: null, peer: null, attributes: {}, events: [], kind: "internal" },
      };
      const other = { ...span(), traceId: "e".repeat(32), serviceKey: "prod/shop/pay", startMs: NOON_MS + 60_000 };
      const projectId = await filled({ spans: [other, bare, span()] });
      const query = { projectId, ...hour, limit: 10 };
      expect(await store.readSpans(query)).toEqual([span(), bare, other]);
      expect(await store.readTrace(projectId, span().traceId)).toEqual([span(), bare]);
      expect(await store.readSpans({ ...query, serviceKeys: ["prod/shop/pay"] })).toEqual([other]);
      expect(await store.readSpans({ ...query, onlyErrors: true })).toEqual([bare]);
      expect(await store.readSpans({ ...query, limit: 2 })).toEqual([bare, other]);
      expect(await store.readSpans({ ...query, fromMs: NOON_MS + 5, toMs: NOON_MS + 60_000 })).toEqual([bare]);
    });

    test("log lines are found by words, severity, template, trace and service; the newest where there are too many", async () => {
      const lines = [
        log("Connection to 10.0.0.7:5432 refused", { severity: "error", templateId: "t1" }),
        log("cart read", { s: 1, severity: "debug" }),
        log("connection pool is full", {
          s: 2,
          severity: "warn",
          serviceKey: "prod/shop/pay",
          traceId: "e".repeat(32),
        }),
      ];
      const projectId = await filled({ logs: lines });
      const found = async (more: object) =>
        (await store.readLogs({ projectId, ...hour, limit: 10, ...more })).map(({ body }) =>
          lines.findIndex((line) => line.body === body),
        );
      expect(await store.readLogs({ projectId, ...hour, limit: 10 })).toEqual(lines);
      expect(await found({ words: "CONNECTION" })).toEqual([0, 2]);
      expect(await found({ words: "refused connection 5432" })).toEqual([0]);
      expect(await found({ words: "connect" })).toEqual([]);
      expect(await found({ words: "' OR 1=1 --" })).toEqual([]);
      expect(await found({ severityMin: "warn" })).toEqual([0, 2]);
      expect(await found({ templateId: "t1" })).toEqual([0]);
      expect(await found({ traceId: "e".repeat(32) })).toEqual([2]);
      expect(await found({ serviceKeys: ["prod/shop/pay"] })).toEqual([2]);
      expect(await found({ limit: 2 })).toEqual([1, 2]);
      expect(await found({ toMs: NOON_MS + 1000 })).toEqual([0]);
    });

    test("hostile text comes back as text, without what no database keeps", async () => {
      const body = "'; DROP TABLE spans; -- \\' \" {x} \t\n ünï 🦊 \u0000 \ud800 $1 %s";
      const kept = "'; DROP TABLE spans; -- \\' \" {x} \t\n ünï 🦊  \ufffd $1 %s";
      const projectId = await filled({
        metrics: [sample({ metric: body, labels: { "a'b\"c": body } })],
        spans: [{ ...span(), name: body, attributes: { [body]: body, n: 1.5, yes: true } }],
        logs: [log(body, { attributes: { key: body } })],
      });
      expect(await read(projectId)).toMatchObject([{ metric: kept, labels: { "a'b\"c": kept } }]);
      expect(await read(projectId, { metrics: [kept], labels: { "a'b\"c": kept } })).toHaveLength(1);
      expect(await store.readSpans({ projectId, ...hour, limit: 1 })).toMatchObject([
        { name: kept, attributes: { [kept]: kept, n: 1.5, yes: true } },
      ]);
      expect(await store.readLogs({ projectId, ...hour, limit: 1 })).toMatchObject([
        { body: kept, attributes: { key: kept } },
      ]);
    });

    test("what is older than is kept, or of the future, is refused and counted, and the rest is stored", async () => {
      const projectId = await stage.newProject();
      const metrics = [0, -15 * 86_400, 4 * 3600].map((s) => sample({ s }));
      expect(await store.write([{ projectId, metrics, spans: [], logs: [log("late", { s: -15 * 86_400 })] }])).toEqual({
        refused: 3,
      });
      expect(await read(projectId)).toHaveLength(1);
    });

    test("a reference opens the same rows again, and nothing where there are none", async () => {
      const projectId = await filled({
        metrics: [sample({ value: 4.25 }), sample({ value: 7, labels: { pod: "a", zone: "1" } })],
        spans: [span()],
        logs: [log("connection refused")],
      });
      const exactly = { labels: { pod: "a" }, isExact: true };
      const [series] = await store.readSeries({ projectId, ...hour, stepMs: 60_000, seriesMax: 1, ...exactly });
      expect(await store.reopen(projectId, series?.ref ?? "")).toBe(
        `# queue_length{pod="a"} of ${CART} in prod, 1\n${new Date(NOON_MS).toISOString()} 4.25`,
      );
      const spans = store.refOf({ table: "spans", ...hour, serviceKeys: [CART], limit: 5 });
      expect(await store.reopen(projectId, spans)).toContain(
        `${span().traceId} ${span().spanId} ${CART} server GET /cart/:id 12.5 ms ok`,
      );
      const trace = store.refOf({ table: "spans", ...hour, traceId: span().traceId, limit: 5 });
      expect(await store.reopen(projectId, trace)).toBe(await store.reopen(projectId, spans));
      const logs = store.refOf({ table: "log_records", ...hour, words: "refused", severityMin: "info", limit: 5 });
      expect(await store.reopen(projectId, logs)).toBe(
        `${new Date(NOON_MS).toISOString()} info ${CART} connection refused`,
      );
      expect(await store.reopen(await stage.newProject(), logs)).toBeNull();
      await expect(store.reopen(projectId, "elsewhere:spans?from=1")).rejects.toMatchObject({
        code: "INVALID_REQUEST",
      });
      await expect(store.reopen(projectId, `${store.engine}:projects?from=x`)).rejects.toMatchObject({
        code: "INVALID_REQUEST",
      });
    });

    test("features of an incident come back in order, once each", async () => {
      const projectId = await stage.newProject();
      const incidentId = await stage.newIncident(projectId);
      const feature = { incidentId, projectId, atMs: NOON_MS, serviceKey: CART, name: "shift", value: 4.5 };
      const features = [feature, { ...feature, atMs: NOON_MS + 1, name: "onset", value: -1 }];
      await store.writeFeatures(features.toReversed());
      await store.writeFeatures(features);
      expect(await store.readFeatures(projectId, incidentId)).toEqual(features);
      expect(await store.readFeatures(await stage.newProject(), incidentId)).toEqual([]);
    });

    test("maintenance changes no answer: not of points that were folded, and not of days that were rolled up", async () => {
      const projectId = await stage.newProject();
      const days = [4, 3, 2].map((back) => NOON_MS - back * DAY_MS);
      for (const [index, noonMs] of days.entries()) {
        const metrics = Array.from({ length: 240 }, (_, n) => [
          sample({ value: index * 1000 + n, atMs: noonMs + n * 15_000 }),
          sample({ metric: "requests", kind: "counter", value: n * 30, atMs: noonMs + n * 15_000 }),
        ]).flat();
        // In pieces, so that a series has several blocks until they are merged.
        for (const part of [metrics.slice(0, 100), metrics.slice(100)]) {
          await store.write([{ projectId, metrics: part, spans: [], logs: [] }]);
          await store.maintain(new Date(NOON_MS - 30 * DAY_MS));
        }
      }
      const asked = [
        { fromMs: days[0] ?? 0, toMs: (days[0] ?? 0) + HOUR_MS, stepMs: 60_000 },
        { fromMs: (days[0] ?? 0) - DAY_MS, toMs: NOW.getTime(), stepMs: 300_000 },
        { fromMs: (days[0] ?? 0) - DAY_MS, toMs: NOW.getTime(), stepMs: HOUR_MS },
      ];
      const before = [];
      for (const more of asked) before.push(rounded(await read(projectId, more)));
      expect(before.map((series) => series.map(({ times }) => times.length))).toEqual([
        [60, 60],
        [36, 36],
        [3, 3],
      ]);
      await store.maintain(NOW);
      for (const [index, more] of asked.entries()) expect(rounded(await read(projectId, more))).toEqual(before[index]);
    });

    test("500 series of an hour at 15 s come in one read, all of them whole", async () => {
      const metrics = Array.from({ length: 500 }, (_, n) =>
        Array.from({ length: 240 }, (_, at) => sample({ labels: { n: String(n) }, value: n + at, s: at * 15 })),
      ).flat();
      const projectId = await filled({ metrics });
      await store.maintain(NOW);
      const startedAt = performance.now();
      const series = await store.readSeries({ projectId, ...hour, stepMs: 15_000, seriesMax: 500 });
      const tookMs = performance.now() - startedAt;
      expect(series).toHaveLength(500);
      for (const { labels, values } of series) {
        expect(values).toHaveLength(240);
        expect([values[0], values[239]]).toEqual([Number(labels.n), Number(labels.n) + 239]);
      }
      // A machine that is busy with other tests takes longer than one that answers.
      expect(tookMs).toBeLessThan(5_000);
    }, 60_000);

    test("it says that it is well", async () => {
      expect(await store.check()).toMatchObject({ engine: store.engine, isHealthy: true });
    });
  });
}

function sample({
  s = 0,
  atMs = NOON_MS + s * 1000,
  ...more
}: Partial<MetricSample> & { readonly s?: number | undefined }): MetricSample {
  return {
    ...{
      serviceKey: CART,
      environment: "prod",
      metric: "queue_length",
      kind: "gauge",
      unit: "1",
      labels: { pod: "a" },
    },
    ...{ value: 1, ...more, atMs },
  };
}

function span(): SpanRecord {
  return {
    ...{
      serviceKey: CART,
      environment: "prod",
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      spanId: "00f067aa0ba902b7",
    },
    ...{ parentSpanId: null, name: "GET /cart/:id", kind: "server", startMs: NOON_MS, durationMs: 12.5, status: "ok" },
    ...{ route: "GET /cart/:id", httpStatus: 200, peer: { kind: "database", name: "orders", engine: "postgresql" } },
    attributes: { "http.method": "GET", retries: 2, cached: false },
    events: [{ name: "exception", atMs: NOON_MS + 1, attributes: { "exception.type": "TypeError" } }],
  };
}

function log(body: string, { s = 0, ...more }: Partial<StoredLog> & { readonly s?: number } = {}): StoredLog {
  const record: LogRecord = {
    ...{ serviceKey: CART, environment: "prod", atMs: NOON_MS + s * 1000, severity: "info", body },
    ...{ traceId: null, spanId: null, attributes: {} },
  };
  return { ...record, templateId: null, ...more };
}

/** A mean of means differs in the last digits. */
function rounded<T extends { readonly values: readonly number[] }>(series: readonly T[]): T[] {
  return series.map((one) => ({ ...one, values: one.values.map((value) => Math.round(value * 1e6) / 1e6) }));
}
