import { afterAll, beforeAll, expect, test } from "vitest";
import { openUpkeep, type UpkeepBench } from "../../../../test/upkeep/open-upkeep.ts";
import { newId } from "../../platform/ids/ids.ts";
import { createProject } from "../access/index.ts";
import { listOwnFaults } from "../incident/index.ts";
import { INTEGRATION_UNHEALTHY, WORKER_STARVED, watchWork } from "./watch-work.ts";

let bench: UpkeepBench;
let projectId: string;
beforeAll(async () => {
  bench = await openUpkeep();
  projectId = (await createProject(bench.own.database.db, { name: "shop" })).id;
});
afterAll(() => bench.close());
const query = (text: string, values: readonly unknown[] = []) => bench.own.database.pool.query(text, [...values]);
const standing = (kind: string) => listOwnFaults(bench.own.database.db, kind);

test("executions that nobody takes up are a fault while it is so, told once", async () => {
  await query(
    `insert into workflow_executions (id, project_id, workflow_id, execution_id, status, started_at)
     select gen_random_uuid(), $1, id, 'starved', 'pending', now() - interval '11 minutes' from workflows where project_id is null limit 1`,
    [projectId],
  );
  for (let look = 0; look < 3; look++) await watchWork(bench.deps);
  expect(await standing(WORKER_STARVED)).toMatchObject([
    { isHouse: true, times: 1, detail: expect.stringContaining("11 minutes") },
  ]);
  await query("delete from workflow_executions");
  await watchWork(bench.deps);
  expect(await standing(WORKER_STARVED)).toEqual([]);
});

test("an integration that does not work is a fault of its project until it works, or is switched off", async () => {
  const ids = [newId(), newId()];
  for (const id of ids)
    await query(
      "insert into integrations (id, project_id, name, type, health_status, health_reason) values ($1::uuid, $2, $1::text, 'slack', 'unhealthy', 'The token was revoked.')",
      [id, projectId],
    );
  for (let look = 0; look < 2; look++) await watchWork(bench.deps);
  const faults = await standing(INTEGRATION_UNHEALTHY);
  expect(faults.map(({ fingerprint }) => fingerprint).toSorted()).toEqual(ids.toSorted());
  expect(faults[0]).toMatchObject({ projectId, times: 1, detail: expect.stringMatching(/^The token was revoked\./) });
  await query("update integrations set health_status = 'healthy' where id = $1", [ids[0]]);
  await query("update integrations set enabled = false where id = $1", [ids[1]]);
  await watchWork(bench.deps);
  expect(await standing(INTEGRATION_UNHEALTHY)).toEqual([]);
});
