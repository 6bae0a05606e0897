import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { openWatch } from "../../../../../test/detection/open-watch.ts";
import { recordingQueue } from "../../../../../test/queue/recording-queue.ts";
import { plainSignal } from "../../../../../test/scenario/plain-signal.ts";
import { moveIncident, prepareSignal, storeSignals, system } from "../../incident/index.ts";
import { Sentinel } from "./sentinel.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

const watch = () => openWatch(test_, recordingQueue());
const healthy = () => ({ requests: 20, errors: 0, p99: 200 });
/** Half of the requests fail since `minutes`. */
const failing = (minutes: number) => (ago: number) => ({ ...healthy(), errors: ago <= minutes ? 10 : 0 });

test("a spike of errors opens an incident of its service with type, window, and the picture of the moment; a healthy service opens none", async () => {
  const { tell, look, incidents, projectId, store, now } = await watch();
  await tell(80, failing(5));
  await tell(80, healthy, { service: "till" });
  expect(await look()).toMatchObject({ opened: 1 });
  const [incident, ...more] = await incidents();
  expect(more).toEqual([]);
  expect(incident).toMatchObject({
    title: "Errors: shop",
    trigger_type: "error_rate_spike",
    status: "open",
    severity: "high",
    service: "shop",
  });
  expect((now().getTime() - (incident?.window_start.getTime() ?? 0)) / 60_000).toBeCloseTo(5, 0);
  const { rows: evidence } = await sql<{
    kind: string;
    source: string;
    ref: string;
    metadata: { title: string; snapshot: string };
  }>`
    SELECT kind, source, ref, metadata FROM evidence_artifacts WHERE incident_id = ${incident?.id}`.execute(
    test_.database.db,
  );
  const requests = evidence.find(({ metadata }) => metadata.title.endsWith("requests"));
  expect(requests).toMatchObject({ kind: "sql_query", source: "postgres" });
  expect(requests?.metadata.snapshot).toContain("requests/s");
  expect(requests?.metadata.snapshot).toMatch(/20\.00 {2}10\.00 {2}200$/m);
  expect(await store.reopen(projectId, requests?.ref ?? "")).not.toBeNull();
  const features = await store.readFeatures(projectId, incident?.id ?? "");
  expect(features.find(({ name }) => name.endsWith(".error_ratio"))).toMatchObject({
    value: 0.5,
    serviceKey: "default/production/shop",
  });
});

test("a firing that goes on is one trigger of one incident, however often it is looked at, and by two processes at once", async () => {
  const { tell, look, incidents, triggers, pass } = await watch();
  await tell(80, failing(5));
  await Promise.all([look(), look()]);
  pass(1);
  await tell(1, failing(99));
  await look();
  expect(await incidents()).toHaveLength(1);
  const open = (await triggers()).filter(({ is_opener }) => is_opener);
  expect(open).toHaveLength(1);
});

test("a firing that goes on moves when its incident was last seen, and the series that it fired on is drawn until after it", async () => {
  const { tell, tellMetric, set, look, incidents, pass, now, store, projectId } = await watch();
  await tell(80, failing(5));
  const series = { queue: { metric: "queue.depth" } };
  await set("queue-grows", { series, condition: "queue.now > 100.0" }, { kind: "custom" });
  const queue = Array.from({ length: 150 }, (_, at) => (at < 138 ? 40 : 400));
  await tellMetric("queue.depth", queue, { serviceKey: "default/production/till", labels: { shard: "a" } });
  await look();
  const [first, second] = [...(await incidents())].sort((a, b) => (a.service < b.service ? -1 : 1));
  const fired = async (incidentId: string | undefined) =>
    (
      await sql<{ ref: string; title: string }>`
        SELECT ref, metadata->>'title' AS title FROM evidence_artifacts
        WHERE incident_id = ${incidentId ?? null} AND kind = 'metric_series' AND (metadata->>'fired')::boolean ORDER BY evidence_id`.execute(
        test_.database.db,
      )
    ).rows;
  expect((await fired(first?.id)).map(({ title }) => title)).toEqual(
    expect.arrayContaining(["What error-rate fired on: culprit.red.errors of default/production/shop"]),
  );
  const [drawn] = await fired(second?.id);
  expect(drawn?.title).toBe("What queue-grows fired on: queue.depth of default/production/till");
  expect(await store.reopen(projectId, drawn?.ref ?? "")).toContain("400");
  const seen = async () => {
    const { rows } = await sql<{ at: Date }>`
      SELECT last_seen_at AS at FROM incident_counters WHERE incident_id = ${first?.id ?? null}`.execute(
      test_.database.db,
    );
    return rows[0]?.at;
  };
  pass(7);
  await tell(7, failing(99));
  await look();
  expect(await seen()).toEqual(now());
  const firedUntil = now();
  pass(6);
  await tell(6, healthy);
  await look();
  expect((await seen())?.getTime()).toBe(firedUntil.getTime());
});

test("errors, their burn rate and a route of one service are views of one incident, each with its reason to join", async () => {
  const { tell, look, incidents, triggers, decisions } = await watch();
  await tell(80, failing(20));
  await tell(80, failing(20), { route: "GET /cart" });
  await look();
  const [incident, ...more] = await incidents();
  expect(more).toEqual([]);
  expect((await triggers()).map(({ detector, route, is_opener }) => [detector, route, is_opener]).sort()).toEqual([
    ["error-rate", "", true],
    ["error-rate", "GET /cart", false],
    ["slo-burn", "", false],
  ]);
  expect((await decisions(incident?.id ?? "")).filter(({ decision }) => decision === "merged")[0]?.rationale).toContain(
    "the same service had this incident at the same time",
  );
});

test("telemetry during an error incident of the same service joins it and does not end it; that of another environment does not join", async () => {
  const { projectId, tell, look, incidents, decisions, triggers, pass, now } = await watch();
  const signal = plainSignal({ service: "shop", occurredAt: now().toISOString() });
  await test_.database.transaction((tx) =>
    storeSignals(tx, [prepareSignal(projectId, signal, now())], { payloadsPerIncident: 5 }),
  );
  await tell(80, failing(5));
  await tell(80, failing(5), { environment: "staging" });
  await look();
  const all = await incidents();
  expect(all.map(({ title }) => title).sort()).toEqual(["Errors: shop", "TypeError: x is undefined"]);
  const error = all.find(({ title }) => title.startsWith("TypeError"))?.id ?? "";
  expect(await decisions(error)).toMatchObject([
    { decision: "opened" },
    { decision: "merged", policy_version: "service-window/1", rationale: expect.stringContaining("Errors: shop") },
  ]);
  await moveIncident(test_.database.db, { incidentId: error, to: "suppressed", reason: "r" });
  for (let minute = 0; minute < 12; minute += 1) {
    pass(1);
    await tell(1, healthy);
    await look();
  }
  expect((await triggers()).filter(({ service_key }) => service_key === "default/production/shop")).toMatchObject([
    { status: "resolved" },
  ]);
  expect((await incidents()).find(({ id }) => id === error)).toMatchObject({ status: "suppressed" });
});

describe("recovery", () => {
  test("what went away by itself is decided about first, then resolved, and comes back as a regression", async () => {
    const { tell, look, gate, incidents, decisions, pass } = await watch();
    await tell(80, failing(1.5));
    await look();
    await gate();
    for (let minute = 0; minute < 8; minute += 1) {
      pass(1);
      await tell(1, healthy);
      await look();
      await gate();
    }
    await look();
    const [incident] = await incidents();
    expect(incident).toMatchObject({ status: "resolved" });
    expect(
      (await decisions(incident?.id ?? "")).map(({ decision, policy_version }) => [decision, policy_version]),
    ).toEqual([
      ["opened", "fingerprint/1"],
      ["suppressed", "gate/built-in-3"],
      ["resolved", "sentinel/1"],
    ]);
    pass(4);
    await tell(4, failing(99));
    await look();
    expect(await incidents()).toMatchObject([{ id: incident?.id, status: "open", is_regression: true }]);
  });

  test("what flaps is one firing: quiet for less than it takes is no end, and each firing within the hour makes it take longer", async () => {
    const { tell, look, triggers, pass, set } = await watch();
    await set("slo-burn", {}, { enabled: false });
    await tell(80, failing(5));
    await look();
    const quiet = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        pass(1);
        await tell(1, healthy);
        await look();
      }
    };
    const fail = async () => {
      pass(4);
      await tell(4, failing(99));
      await look();
    };
    await quiet(4);
    await fail();
    expect(await triggers()).toMatchObject([{ status: "firing" }]);
    await quiet(9);
    expect(await triggers()).toMatchObject([{ status: "resolved" }]);
    await fail();
    await quiet(9);
    expect((await triggers()).map(({ status }) => status)).toEqual(["resolved", "firing"]);
    await quiet(4);
    expect((await triggers()).map(({ status }) => status)).toEqual(["resolved", "resolved"]);
  });

  test("silence ends nothing for an hour: a service that stopped telling has not recovered", async () => {
    const { tell, look, triggers, pass, set } = await watch();
    await set("slo-burn", {}, { enabled: false });
    await tell(80, failing(5));
    await look();
    pass(30);
    await look();
    expect(await triggers()).toMatchObject([{ status: "firing" }]);
    pass(31);
    await look();
    expect(await triggers()).toMatchObject([{ status: "resolved" }]);
  });
});

describe("detectors as a project sets them", () => {
  test("a threshold for one service holds for it alone, and a detector that is off sees nothing", async () => {
    const { tell, look, incidents, set } = await watch();
    await set("slo-burn", {}, { enabled: false });
    await set("error-rate", { ratio: 0.9 }, { service: "shop" });
    await tell(80, failing(5));
    await tell(80, failing(5), { service: "till" });
    await look();
    expect((await incidents()).map(({ service }) => service)).toEqual(["till"]);
    const other = await watch();
    await other.set("slo-burn", {}, { enabled: false });
    await other.set("error-rate", {}, { enabled: false });
    await other.tell(80, failing(5));
    expect(await other.look()).toMatchObject({ opened: 0 });
  });

  test("a condition of the project's own in CEL over its series fires with what it saw", async () => {
    const { tellMetric, look, incidents, set, triggers } = await watch();
    await set(
      "queue-grows",
      {
        series: { queue: { metric: "queue.depth" } },
        condition: "queue.now > 100.0 && queue.now > 2.0 * queue.usual",
        severity: "medium",
      },
      { kind: "custom" },
    );
    await tellMetric(
      "queue.depth",
      Array.from({ length: 150 }, (_, at) => (at < 138 ? 40 : 400)),
    );
    await tellMetric(
      "queue.depth",
      Array.from({ length: 150 }, () => 40),
      { serviceKey: "default/production/till" },
    );
    expect(await look()).toMatchObject({ opened: 1 });
    expect(await incidents()).toMatchObject([
      { title: "queue-grows: shop", trigger_type: "custom", severity: "medium" },
    ]);
    expect(await triggers()).toMatchObject([{ detector: "queue-grows" }]);
  });

  test("a condition that names none of its series, or can't be read, is refused with its reason", async () => {
    const { set } = await watch();
    const series = { queue: { metric: "queue.depth" } };
    await expect(set("own", { series, condition: "depth.now > 1.0" }, { kind: "custom" })).rejects.toThrow(
      "The condition can't be used: depth is none of its series (queue).",
    );
    await expect(set("own", { series, condition: "queue.now >" }, { kind: "custom" })).rejects.toThrow(
      "The condition can't be used",
    );
    await expect(set("own", { series, condition: "queue.now > 1.0" })).rejects.toThrow("say of which kind it is");
  });
});

test("a container that restarts four times in ten minutes is a crash loop of its service", async () => {
  const { tellMetric, look, incidents } = await watch();
  const restarts = Array.from({ length: 30 }, (_, at) => (at < 10 ? 0 : Math.floor((at - 10) / 5)));
  await tellMetric("k8s.container.restarts", restarts, { labels: { "k8s.pod.name": "shop-1" } });
  expect(await look()).toMatchObject({ opened: 1 });
  expect(await incidents()).toMatchObject([{ title: "Crash loop: shop", trigger_type: "crashloop" }]);
});

test("a service in a cluster keeps its place: the trigger is of prod/web/cart, not of default", async () => {
  const { tellMetric, look, projectId } = await watch();
  await tellMetric("k8s.container.restarts", [0, 0, 1, 2, 3, 4], { serviceKey: "prod/web/cart" });
  await look();
  const { rows } = await sql`
    SELECT s.cluster_id, s.namespace, s.service_name FROM incidents i JOIN services s ON s.service_id = i.service_id WHERE i.project_id = ${projectId}`.execute(
    test_.database.db,
  );
  expect(rows).toEqual([{ cluster_id: "prod", namespace: "web", service_name: "cart" }]);
});

test("seasonality: the hours before are written down once, and the same hour of three days makes a daily peak usual", async () => {
  const { tell, look, incidents, projectId, now, pass } = await watch();
  const peak = (ago: number) => ({ requests: 20, p99: ago <= 8 ? 900 : 200 });
  await tell(80, peak);
  const hour = (daysAgo: number) =>
    new Date(Math.floor(now().getTime() / 3_600_000) * 3_600_000 - daysAgo * 86_400_000);
  for (const daysAgo of [1, 2, 3])
    await sql`
      INSERT INTO telemetry_hours (project_id, hour, service_key, environment, metric, median, points)
      VALUES (${projectId}, ${hour(daysAgo)}, 'default/production/shop', 'production', 'p99', 900, 60)`.execute(
      test_.database.db,
    );
  expect(await look()).toMatchObject({ opened: 0 });
  const { rows } = await sql<{ count: string }>`
    SELECT count(*) FROM telemetry_hours WHERE project_id = ${projectId} AND hour >= ${hour(0)}::timestamptz - interval '2 hours'`.execute(
    test_.database.db,
  );
  expect(Number(rows[0]?.count)).toBeGreaterThan(0);
  pass(1);
  await look();
  expect(await incidents()).toEqual([]);
  const other = await watch();
  await other.tell(80, peak);
  expect(await other.look()).toMatchObject({ opened: 1 });
  expect(await other.incidents()).toMatchObject([{ title: "Slow requests: shop", trigger_type: "p99_regression" }]);
});

test("one of several processes looks; another takes over at once when it stops", async () => {
  const { deps, tell, incidents } = await watch();
  await tell(80, failing(5));
  const [first, second] = [new Sentinel(deps), new Sentinel(deps)];
  expect([await first.look(), await second.look()]).toEqual([true, false]);
  expect(await incidents()).toHaveLength(1);
  await first.stop();
  expect(await second.look()).toBe(true);
  await second.stop();
});

test("the reads of a look do not grow with the number of services", async () => {
  const count = async (services: number) => {
    const { deps, store, tell, look } = await watch();
    for (let at = 0; at < services; at += 1) await tell(10, healthy, { service: `s${at}` });
    let reads = 0;
    Object.assign(deps, {
      telemetry: {
        ...store,
        readSeries: (query: Parameters<typeof store.readSeries>[0]) => {
          reads += 1;
          return store.readSeries(query);
        },
      },
    });
    await look();
    return reads;
  };
  expect(await count(12)).toBe(await count(1));
});

test("an incident that somebody closed and that fires again is open again", async () => {
  const { tell, look, incidents, pass } = await watch();
  await tell(80, failing(5));
  await look();
  const [incident] = await incidents();
  await moveIncident(test_.database.db, {
    incidentId: incident?.id ?? "",
    to: "resolved",
    reason: "done",
    actor: system,
  });
  for (let minute = 0; minute < 10; minute += 1) {
    pass(1);
    await tell(1, healthy);
    await look();
  }
  pass(4);
  await tell(4, failing(99));
  await look();
  expect(await incidents()).toMatchObject([{ id: incident?.id, status: "open", is_regression: true }]);
});
