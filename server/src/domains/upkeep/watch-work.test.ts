import { afterAll, beforeAll, expect, test } from "vitest";
import { openUpkeep, type UpkeepBench } from "../../../../test/upkeep/open-upkeep.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import { createProject } from "../access/index.ts";
import { listOwnFaults, reportOwnFault } from "../incident/index.ts";
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

test("what was said of an integration is taken back when it is switched off or deleted, and stands while it is on", async () => {
  const ids = [newId(), newId(), newId()];
  for (const id of ids) {
    await query("insert into integrations (id, project_id, name, type) values ($1::uuid, $2, $1::text, 'slack')", [
      id,
      projectId,
    ]);
    await reportOwnFault(bench.deps, {
      ...{ projectId, kind: INTEGRATION_UNHEALTHY, fingerprint: toPublicId("int", id), severity: "high" },
      ...{ title: "It does not work", detail: "The token was revoked." },
    });
  }
  await query("update integrations set enabled = false where id = $1", [ids[0]]);
  await query("delete from integrations where id = $1", [ids[1]]);
  await watchWork(bench.deps);
  expect((await standing(INTEGRATION_UNHEALTHY)).map(({ fingerprint }) => fingerprint)).toEqual([
    toPublicId("int", ids[2] ?? ""),
  ]);
});
