import type { LogRecord, MetricSample } from "@culprit/contract";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { redNames } from "../red/red-names.ts";
import { span } from "../span.fixture.ts";
import type { StoredTelemetry } from "../telemetry-port.ts";
import { LOG_LINES_METRIC, type TemplateNews } from "./log-templates.ts";
import { Telemetry, type TelemetrySettings } from "./telemetry.ts";

const nowMs = 1_772_366_400_000;
const settings: TelemetrySettings = {
  ...{ telemetryPerMinute: 0, telemetryQueuedMax: 10_000, telemetryRoutesMax: 100, telemetrySeriesMax: 10_000 },
  ...{ tracesKeptPercent: 0, tracesKeptPerMinute: 0, traceSlowMs: 2000, traceBufferBytesMax: 1e8 },
  ...{ logTemplatesMax: 100, retentionTelemetryDays: 30 },
};
const sample = (changed: Partial<MetricSample> = {}): MetricSample => ({
  ...{
    serviceKey: "default/production/cart",
    environment: "production",
    metric: "a",
    kind: "gauge",
    unit: null,
    labels: {},
  },
  ...{ atMs: nowMs, value: 1, ...changed },
});
const line = (body: string, changed: Partial<LogRecord> = {}): LogRecord => ({
  ...{ serviceKey: "default/production/cart", environment: "production", atMs: nowMs, severity: "info", body },
  ...{ traceId: null, spanId: null, attributes: {}, ...changed },
});

/** Telemetry over a store in memory that can be held up or broken. */
function open(changed: Partial<TelemetrySettings> = {}) {
  const stored: StoredTelemetry[] = [];
  const news: TemplateNews[] = [];
  const edges: unknown[] = [];
  const state = { atMs: nowMs, write: async (): Promise<void> => undefined };
  const telemetry = new Telemetry(
    {
      store: {
        write: async (batches) => {
          await state.write();
          stored.push(...batches);
          return { refused: 0 };
        },
      },
      log: pino({ level: "silent" }),
      disk: { check: () => undefined },
      observeEdges: async (seen) => void edges.push(...seen),
      storeTemplates: async (told) => void news.push(...told),
      now: () => new Date(state.atMs),
    },
    { ...settings, ...changed },
  );
  const metrics = (name: string) => stored.flatMap((batch) => batch.metrics).filter(({ metric }) => metric === name);
  return { telemetry, stored, news, edges, state, metrics };
}
const code = (work: () => unknown) => {
  try {
    work();
    return null;
  } catch (thrown) {
    return thrown instanceof CulpritError ? [thrown.code, thrown.details.retryAfterS] : thrown;
  }
};

describe("an answer", () => {
  test("comes after what must not be lost is written, and not before", async () => {
    const { telemetry, state, stored } = open();
    const gate = Promise.withResolvers<void>();
    state.write = () => gate.promise;
    const answers: string[] = [];
    const failed = span({ status: "error" });
    const accepted = [
      telemetry.acceptMetrics("p", [sample()]).then(() => answers.push("metrics")),
      telemetry.acceptLogs("p", [line("hello")]).then(() => answers.push("logs")),
      telemetry.acceptSpans("p", [failed]).then(() => answers.push("failed span")),
      telemetry.acceptSpans("p", [span()]).then(() => answers.push("span that waits for its trace")),
    ];
    await accepted[3];
    expect(answers).toEqual(["span that waits for its trace"]);
    gate.resolve();
    await Promise.all(accepted);
    expect(stored.flatMap(({ spans }) => spans)).toEqual([failed]);
    expect(answers.length).toBe(4);
  });

  test("a time that is not kept or not believed is rejected and said, the rest is stored", async () => {
    const { telemetry, metrics } = open();
    const samples = [sample(), sample({ atMs: nowMs - 31 * 86_400_000 }), sample({ atMs: nowMs + 2 * 3_600_000 })];
    expect(await telemetry.acceptMetrics("p", samples)).toEqual({
      "a time is older than what is kept, or more than an hour ahead": 2,
    });
    expect(metrics("a").length).toBe(1);
  });
});

describe("limits", () => {
  test("over rate, queue or disk a request is refused by its headers, with the seconds to wait", async () => {
    const { telemetry } = open({ telemetryPerMinute: 600 });
    expect(code(() => telemetry.admit("p"))).toBeNull();
    await telemetry.acceptMetrics(
      "p",
      Array.from({ length: 700 }, () => sample()),
    );
    expect(code(() => telemetry.admit("p"))).toEqual(["RATE_LIMIT_EXCEEDED", 11]);
    expect(code(() => telemetry.admit("q"))).toBeNull();

    const full = open({ telemetryQueuedMax: 1000 });
    const gate = Promise.withResolvers<void>();
    full.state.write = () => gate.promise;
    const waiting = full.telemetry.acceptMetrics(
      "p",
      Array.from({ length: 1000 }, () => sample()),
    );
    expect(code(() => full.telemetry.admit("p"))).toEqual(["RATE_LIMIT_EXCEEDED", 1]);
    gate.resolve();
    await waiting;
    expect(code(() => full.telemetry.admit("p"))).toBeNull();
  });
});

describe("what is derived", () => {
  test("figures are of every span, sampled or not, and a request that failed and is sent again counts once", async () => {
    const { telemetry, state, metrics } = open();
    state.write = async () => {
      throw new CulpritError("DATABASE_UNAVAILABLE", "no disk");
    };
    const spans = [span({ status: "error" }), span(), span()];
    await expect(telemetry.acceptSpans("p", spans)).rejects.toThrow("no disk");
    state.write = async () => undefined;
    await telemetry.acceptSpans("p", spans);
    await telemetry.flush();
    const own = metrics(redNames.requests).filter(({ labels }) => labels.route === undefined);
    expect(own.map(({ value }) => value)).toEqual([3]);
    expect(metrics(redNames.errors).every(({ value }) => value === 1)).toBe(true);
  });

  test("what the store refuses at a flush comes with the next, in full", async () => {
    const { telemetry, state, metrics } = open();
    await telemetry.acceptSpans("p", [span()]);
    state.write = async () => {
      throw new Error("gone");
    };
    await telemetry.flush();
    expect(metrics(redNames.requests)).toEqual([]);
    state.write = async () => undefined;
    state.atMs += 10_000;
    await telemetry.acceptSpans("p", [span({ startMs: nowMs + 9_000 })]);
    await telemetry.flush();
    const own = metrics(redNames.requests).filter(({ labels }) => labels.route === undefined);
    expect(own.map(({ value }) => value)).toEqual([1, 1]);
    expect(new Set(own.map(({ atMs }) => atMs)).size).toBe(2);
  });

  test("lines are counted by template and severity, a template is told once, and those beyond the limit are other", async () => {
    const { telemetry, metrics, news } = open({ logTemplatesMax: 8 });
    await telemetry.acceptLogs("p", [
      line("order 17 took 20 ms"),
      line("order 18 took 35 ms"),
      line("order 19 failed", { severity: "error" }),
    ]);
    await telemetry.flush();
    expect(
      metrics(LOG_LINES_METRIC)
        .map(({ labels, value, kind }) => [labels.severity, value, kind])
        .sort(),
    ).toEqual([
      ["error", 1, "delta"],
      ["info", 2, "delta"],
    ]);
    expect(news.map(({ template, example }) => [template, example])).toEqual([
      ["order <*> took <*>", "order 17 took 20 ms"],
      ["order <*> failed", "order 19 failed"],
    ]);
    const words = "abcdefghijklmnopqrstuvwxyz".split("");
    await telemetry.acceptLogs(
      "p",
      words.map((word) => line(words.map((other) => `${other}${word}`).join("-".repeat(words.indexOf(word) + 1)))),
    );
    await telemetry.flush();
    expect(new Set(metrics(LOG_LINES_METRIC).map(({ labels }) => labels.template_id)).size).toBeLessThanOrEqual(9);
    expect(metrics(LOG_LINES_METRIC).reduce((sum, { value }) => sum + value, 0)).toBe(29);
  });

  test("a stop in order writes everything: what waits, counts, quantiles of the minute, edges", async () => {
    const { telemetry, metrics, edges } = open();
    await telemetry.acceptSpans("p", [
      span(),
      span({ kind: "client", parentSpanId: "1", peer: { kind: "external", name: "stripe.com", engine: null } }),
    ]);
    await telemetry.close();
    expect(metrics(redNames.p99).length).toBeGreaterThan(0);
    expect(edges).toEqual([expect.objectContaining({ toKey: "external:stripe.com" })]);
  });
});

test("secrets and personal data are taken out of labels, names, attributes, events and lines before anything is stored", async () => {
  const { telemetry, stored } = open();
  const secret = "Bearer abcdefghijklmnop";
  await telemetry.acceptMetrics("p", [sample({ labels: { header: secret, who: "ann@example.com" } })]);
  await telemetry.acceptLogs("p", [
    line("login of ann@example.com with password=hunter2secret", {
      attributes: { "http.request.header.authorization": secret },
    }),
  ]);
  const attributes = { "url.full": "https://x.test/?token=hunter2secret", password: "hunter2secret" };
  await telemetry.acceptSpans("p", [
    span({
      status: "error",
      name: "GET ann@example.com",
      attributes,
      events: [{ name: "exception", atMs: nowMs, attributes: { "exception.message": secret } }],
    }),
  ]);
  await telemetry.close();
  const text = JSON.stringify(stored);
  for (const part of ["hunter2secret", "abcdefghijklmnop", "ann@example.com"]) expect(text).not.toContain(part);
  expect(text).toContain("[email]");
});
