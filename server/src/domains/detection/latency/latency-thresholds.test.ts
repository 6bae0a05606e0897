import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject } from "../../access/index.ts";
import { LatencyThresholds } from "./latency-thresholds.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

const place = (route: string) => ({ serviceKey: "default/production/cart", environment: "production", route });

async function learn(projectId: string, route: string, hours: number, p99: (hour: number) => number) {
  const rows = Array.from({ length: hours }, (_, hour) => ({ hour, median: p99(hour) }));
  await own.database.pool.query(
    `insert into telemetry_hours (project_id, hour, service_key, environment, route, metric, median, points)
     select $1, date_trunc('hour', now()) - make_interval(hours => hour), 'default/production/cart', 'production', $2, 'p99', median, 60
     from jsonb_to_recordset($3::jsonb) r(hour int, median float8)`,
    [projectId, route, JSON.stringify(rows)],
  );
}

test("each route of a project has the threshold that its own hours taught, and the default before; what is learnt counts within minutes", async () => {
  let nowMs = Date.now();
  const { id: projectId } = await createProject(own.database.db, { name: "learnt" });
  const { id: other } = await createProject(own.database.db, { name: "other" });
  await learn(projectId, "GET /report", 48, () => 4000);
  // One bad hour in ten is not what is usual.
  await learn(projectId, "GET /cart", 40, (hour) => (hour % 20 === 0 ? 60_000 : 300));
  await learn(projectId, "GET /new", 5, () => 100);
  const thresholds = new LatencyThresholds({ database: own.database, now: () => new Date(nowMs), defaultMs: 2000 });
  const known = await thresholds.of(projectId);
  expect(
    [place("GET /report"), place("GET /cart"), place("GET /new"), place("GET /unknown")].map((one) => known.of(one)),
  ).toEqual([12_000, 900, 2000, 2000]);
  expect(known.leastMs).toBe(900);
  expect((await thresholds.of(other)).of(place("GET /report"))).toBe(2000);
  await learn(projectId, "GET /late", 30, () => 5000);
  expect((await thresholds.of(projectId)).of(place("GET /late"))).toBe(2000);
  nowMs += 301_000;
  expect((await thresholds.of(projectId)).of(place("GET /late"))).toBe(15_000);
});

test("with 0 nothing is too slow, and nothing is read", async () => {
  const database = { db: null } as never;
  const off = await new LatencyThresholds({ database, now: () => new Date(), defaultMs: 0 }).of("x");
  expect(off.leastMs).toBe(Number.POSITIVE_INFINITY);
  expect(off.of(place("GET /a"))).toBe(Number.POSITIVE_INFINITY);
});
