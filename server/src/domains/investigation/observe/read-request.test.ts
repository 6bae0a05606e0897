import type { SpanRecord } from "@culprit/contract";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { plainSignal } from "../../../../../test/scenario/plain-signal.ts";
import { silentLog } from "../../../platform/db/database-log.ts";
import { createProject } from "../../access/index.ts";
import { prepareSignal, storeSignals } from "../../incident/index.ts";
import { openPostgresTelemetry, readRef, type StoredTelemetry, type TelemetryReader } from "../../telemetry/index.ts";
import { readRequest, treeText } from "./read-request.ts";

const span = (spanId: string, parentSpanId: string | null, more: Partial<SpanRecord> = {}): SpanRecord => ({
  ...{ serviceKey: `default/production/${spanId}`, environment: "production", traceId: "t", spanId, parentSpanId },
  ...{ name: spanId, kind: "server", startMs: 0, durationMs: 10, status: "unset", route: null, httpStatus: null },
  ...{ peer: null, attributes: {}, events: [] },
  ...more,
});

test("each span stands below the one that called it, in their order, with what failed marked", () => {
  const text = treeText([
    span("db", "cart", { startMs: 2, status: "error" }),
    span("web", null, { route: "GET /checkout", httpStatus: 500, status: "error", durationMs: 31.6 }),
    span("cart", "web", { startMs: 1 }),
  ]);
  expect(text.split("\n")).toEqual([
    "web: GET /checkout 500 32 ms  FAILED",
    "  cart: cart 10 ms",
    "    db: db 10 ms  FAILED",
  ]);
});

test("a span whose caller is missing is a root, and a loop of callers ends", () => {
  expect(treeText([span("a", "gone"), span("b", "c"), span("c", "b")]).split("\n")).toEqual([
    "a: a 10 ms",
    "b: b 10 ms",
    "  c: c 10 ms",
  ]);
});

test("the tree of the first trace and its last lines are read with references by which they are read again; where the trace has no line, the service's", async () => {
  const own = await createTestDatabase();
  const now = () => new Date();
  const store = openPostgresTelemetry({ database: own.database, log: silentLog, now, keepDays: 14, isFolding: false });
  try {
    const { database } = own;
    const { id: projectId } = await createProject(database.db, { name: "shop" });
    const traceId = "ab".repeat(16);
    const atMs = Date.now() - 5_000;
    const signal = plainSignal({ traceId, service: "cart", occurredAt: new Date(atMs).toISOString() });
    const item = prepareSignal(projectId, signal, now());
    const { stored } = await database.transaction((tx) => storeSignals(tx, [item], { payloadsPerIncident: 5 }));
    const incidentId = stored[0]?.incidentId ?? "";
    const place = { serviceKey: "default/production/cart", environment: "production" };
    const line = { ...place, severity: "info", spanId: null, attributes: {}, templateId: null } as const;
    const telemetry: TelemetryReader = store;
    const write = (parts: Partial<StoredTelemetry>) =>
      store.write([{ projectId, metrics: [], spans: [], logs: [], ...parts }]);
    expect(await readRequest({ database, telemetry }, incidentId)).toEqual([]);
    await write({ logs: [{ ...line, atMs: atMs - 2_000, body: "cart 7 is read", traceId: null }] });
    const [lone] = await readRequest({ database, telemetry }, incidentId);
    expect(lone).toMatchObject({ kind: "log_pattern", title: "The last log lines of the service" });
    await write({
      spans: [
        span("1".repeat(16), null, { ...place, traceId, startMs: atMs - 30, route: "GET /cart", status: "error" }),
      ],
    });
    await write({
      logs: Array.from({ length: 30 }, (_, at) => ({ ...line, atMs: atMs - 100 + at, body: `step ${at}`, traceId })),
    });
    const [tree, lines] = await readRequest({ database, telemetry }, incidentId);
    expect(tree).toMatchObject({ kind: "trace_operation", snapshot: "cart: GET /cart 10 ms  FAILED" });
    expect(tree?.ref).toContain(`trace=${traceId}`);
    expect(lines?.snapshot.split("\n")).toHaveLength(20);
    expect(lines?.snapshot).toContain("step 29");
    expect(readRef("postgres", lines?.ref ?? "")).toMatchObject({ table: "log_records", traceId });
  } finally {
    await store.close();
    await own.drop();
  }
});
