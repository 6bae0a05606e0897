import { incidentDetailSchema, incidentListSchema, type MetricSeries } from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type RunningCulprit, startCulprit } from "./culprit/start-culprit.ts";
import { type Call, spansOfRequest, Traffic } from "./live-traffic.ts";

/** Deployments as live telemetry tells of them, through the real doors of a running Culprit; the minutes are those just past. */

let culprit: RunningCulprit;
beforeAll(async () => {
  culprit = await startCulprit({ env: { CULPRIT_PROOF: "off" } });
});
afterAll(() => culprit.stop());

const MINUTE_MS = 60_000;
const minuteOf = (ms: number) => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

interface Change {
  readonly kind: string;
  readonly at: string;
  readonly service: string | null;
  readonly title: string;
  readonly origin?: string | null;
}

/** A number that varies from request to request as durations do, the same in every run. */
const around = (usual: number, at: number) => usual * (1 + 0.3 * Math.sin(at * 12.9898));

const shop = (at: number, payments: Partial<Call> = {}): Call => ({
  ...{ service: "front", route: "/buy", ownMs: around(8, at) },
  calls: [
    { service: "catalog", route: "/items", ownMs: around(12, at + 1) },
    {
      ...{ service: "orders", route: "/orders", ownMs: around(10, at + 2) },
      calls: [{ service: "payments", route: "/pay", ownMs: around(15, at + 3), ...payments }],
    },
  ],
});

test("a version is observed from when it first served; the one that ran when the service was first heard of is no deployment", async () => {
  const traffic = await Traffic.open(culprit, "observed");
  const nowMs = Date.now();
  const cart = (exception: string | null): Call => ({ service: "cart", route: "/cart", ownMs: 5, exception });
  await traffic.send(spansOfRequest(cart(null), nowMs - 40 * MINUTE_MS), () => "1.0.0");
  await traffic.send(spansOfRequest(cart(null), nowMs - 20 * MINUTE_MS), () => "1.1.0");
  await traffic.send(spansOfRequest(cart(null), nowMs - 10 * MINUTE_MS), () => "1.1.0");
  await traffic.send(spansOfRequest(cart("TypeError: x is undefined"), nowMs - 2 * MINUTE_MS), () => "1.1.0");
  const { items } = (await traffic.get("/api/changes")) as { items: readonly Change[] };
  expect(items.map(({ service, at }) => [service, Math.round((nowMs - Date.parse(at)) / MINUTE_MS)])).toEqual([
    ["cart", 20],
  ]);
});

test("of two deployments within ten minutes the guilty one downstream comes first, and the healthy one is cleared by evidence", async () => {
  const traffic = await Traffic.open(culprit, "two deployments");
  const endMs = minuteOf(Date.now()) - 20_000;
  const [fromMs, catalogMs, paymentsMs] = [45, 9, 5].map((minutes) => minuteOf(endMs) - minutes * MINUTE_MS) as [
    number,
    number,
    number,
  ];
  const versionAt = (atMs: number) => (service: string) => {
    if (service === "catalog") return atMs < catalogMs ? "2.3.0" : "2.4.0";
    if (service === "payments") return atMs < paymentsMs ? "5.0.1" : "5.1.0";
    return "1.0.0";
  };
  const deploy = (service: string, release: string, atMs: number) =>
    traffic.post("/api/deployments", {
      ...{ service, release, environment: "production", started_at: new Date(atMs).toISOString() },
    });
  await deploy("catalog", "2.3.0", fromMs - 60 * MINUTE_MS);
  await deploy("payments", "5.0.1", fromMs - 60 * MINUTE_MS);
  for (let minuteMs = fromMs; minuteMs < endMs; minuteMs += MINUTE_MS) {
    if (minuteMs === catalogMs) await deploy("catalog", "2.4.0", catalogMs + 10_000);
    if (minuteMs === paymentsMs) await deploy("payments", "5.1.0", paymentsMs + 10_000);
    const spans = Array.from({ length: 20 }, (_, index) => {
      const atMs = minuteMs + 15_000 + index * 2_000;
      const isBroken = minuteMs >= paymentsMs && index % 2 === 0;
      const exception = isBroken ? "TypeError: rate is undefined" : null;
      return spansOfRequest(shop(minuteMs / MINUTE_MS + index * 7.7, { exception }), atMs);
    });
    await traffic.send(spans.flat(), versionAt(minuteMs + 30_000));
  }
  // What is derived from spans is stored within ten seconds, quantiles of late minutes with the next flush; then the incident is looked at again, as `look-again` does after minutes.
  const own = await eventually(
    async () =>
      (await traffic.get(
        "/api/telemetry/series?service=default/production/payments&metric=culprit.red.duration_p99",
      )) as MetricSeries,
    ({ items }) =>
      items.some(
        ({ labels, values }) => labels.route === undefined && values.filter((value) => value > 0).length >= 44,
      ),
    30_000,
  ).catch((error: unknown) => error);
  expect(own).not.toBeInstanceOf(Error);
  const { incidents } = incidentListSchema.parse(await traffic.get("/api/incidents"));
  const open = incidents.filter(({ status }) => status !== "resolved");
  expect(open.map(({ service, title }) => [service, title])).toEqual([["payments", "TypeError: rate is undefined"]]);
  const id = open[0]?.id ?? "";
  const detail = async () => incidentDetailSchema.parse(await traffic.get(`/api/incidents/${id}`));
  await eventually(detail, ({ execution }) => execution?.status === "completed");
  await traffic.post(`/api/incidents/${id}/investigate`, {});
  const answered = await eventually(
    detail,
    ({ execution, report }) => execution?.status === "completed" && (report?.revision ?? 0) > 1,
  );
  const [first, ...others] = answered.hypotheses;
  expect(first?.title).toContain("payments began to run 5.1.0");
  expect(first?.confidence).toBeGreaterThan(0.7);
  expect(others.map(({ title }) => title)).toContainEqual(expect.stringContaining("catalog began to run 2.4.0"));
  const healthy = others.find(({ title }) => title.includes("catalog began to run 2.4.0"));
  expect(healthy?.confidence).toBeLessThan(0.05);
  expect(healthy?.against.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^catalog is healthy by its own series/),
  );
  const around = answered.report?.markdown.split("## What changed around it")[1]?.split("\n## ")[0] ?? "";
  expect(around.match(/— cleared: .*/g)).toEqual(["— cleared: its own series are as before"]);
  expect(around).toMatch(/^- \d+ s before the trouble was noticed: payments began to run 5\.1\.0 .*— \*\*blamed\*\*$/m);
  const cited = new Set(answered.evidence.map(({ id }) => id));
  expect(healthy?.against.every(({ evidence_id }) => cited.has(evidence_id))).toBe(true);
  const said = answered.hypotheses.flatMap((one) => [...one.for, ...one.against]).map(({ text }) => text);
  expect(said.filter((text) => text.includes("behaves as before"))).toEqual([]);
  const changes = answered.evidence.filter(({ kind }) => kind === "change_event");
  const reopened = await Promise.all(
    changes.map(
      async ({ id: evidence }) =>
        ((await traffic.get(`/api/evidence/${evidence}/reopen`)) as { text: string | null }).text,
    ),
  );
  expect(reopened).toContainEqual(
    expect.stringMatching(/^service: payments\n[\s\S]*release: 5\.1\.0\n[\s\S]*known: reported$/),
  );
  expect(reopened.every((text) => text !== null)).toBe(true);
  // What the callers answered joined by the trace; what is shown is the failing service's own span.
  expect(answered.last_payload).toMatchObject({ span: "GET /pay", resource: { "service.name": "payments" } });
});
