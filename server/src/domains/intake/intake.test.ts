import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { plainSignal } from "../../../../test/scenario/plain-signal.ts";
import { createLog } from "../../platform/log/log.ts";
import { openQueue, type Queue } from "../../platform/queue/queue.ts";
import { createProject } from "../access/index.ts";
import { DiskGuard } from "./disk-guard.ts";
import { Intake } from "./intake.ts";

let test_: TestDatabase;
let queue: Queue;
const log = createLog("silent");
beforeAll(async () => {
  test_ = await createTestDatabase();
  queue = await openQueue(test_.database, log);
});
afterAll(async () => {
  await queue.close(1_000);
  await test_.drop();
});

test("a failure whose incident is archived away in the same moment opens a new one; nothing is lost", async () => {
  const { database } = test_;
  const settings = { ingestPerMinute: 0, queuedEventsMax: 100, batchEventsMax: 10, payloadsPerIncident: 5 };
  const intake = new Intake({ database, queue, log, disk: new DiskGuard(tmpdir(), 0) }, settings);
  const { id: projectId } = await createProject(database.db, { name: "race" });
  const [first] = await intake.accept(projectId, [plainSignal()], new Date());

  const retention = await database.pool.connect();
  await retention.query("begin isolation level repeatable read");
  await retention.query("select set_config('culprit.retention', 'on', true)");
  await retention.query("delete from incidents where id = $1", [first?.incidentId]);
  const accepted = intake.accept(projectId, [plainSignal()], new Date());
  for (let waiting = 0; waiting === 0; ) {
    const { rows } = await database.pool.query(
      "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    );
    waiting = rows[0].n;
  }
  await retention.query("commit");
  retention.release();

  const [second] = await accepted;
  expect(second?.outcome).toBe("created");
  expect(second?.incidentId).not.toBe(first?.incidentId);
});
