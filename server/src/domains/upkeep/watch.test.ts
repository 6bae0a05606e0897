import { afterAll, beforeAll, expect, test } from "vitest";
import { openUpkeep, type UpkeepBench } from "../../../../test/upkeep/open-upkeep.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import { createLoginLink, createProject, houseProject, KeyRing } from "../access/index.ts";
import { listOwnFaults } from "../incident/index.ts";
import { FAILED_AUTH, watchFailedAuth } from "./watch-failed-auth.ts";
import { INCIDENT_SPIKE, watchIncidentSpike } from "./watch-incident-spike.ts";
import { UNUSED_KEYS, watchUnusedKeys } from "./watch-unused-keys.ts";

let bench: UpkeepBench;
beforeAll(async () => {
  bench = await openUpkeep();
});
afterAll(() => bench.close());
const query = async (text: string, values: readonly unknown[] = []) =>
  (await bench.own.database.pool.query(text, [...values])).rows;
const faults = async (kind: string) =>
  (await listOwnFaults(bench.own.database.db, kind)).map(({ projectId, fingerprint }) => `${projectId} ${fingerprint}`);

/** A project of a month ago. */
async function oldProject() {
  const project = await createProject(bench.own.database.db, { name: newId() });
  await query("update projects set created_at = now() - interval '30 days' where id = $1", [project.id]);
  return project;
}

/** So many incidents that were opened so long ago. */
async function incidents(projectId: string, count: number, hoursAgo: number) {
  for (let n = 0; n < count; n++) {
    const id = newId();
    await query(
      `insert into incidents (id, incident_id, project_id, source, severity, title, error_message, environment, occurred_at, window_start, window_end, created_at)
       select $1::uuid, $2, $3, 'ingest', 'high', 't', 'm', 'production', t, t, t, t from (select now() - make_interval(mins => $4) as t) at`,
      [id, toPublicId("inc", id), projectId, Math.round(hoursAgo * 60) - 5],
    );
  }
}

test("far more incidents than in the same hour of the days before are a fault of that project, until it is calm", async () => {
  const [loud, busy, quiet] = [await oldProject(), await oldProject(), await oldProject()];
  await incidents(loud.id, 30, 0.5);
  await incidents(loud.id, 2, 24.5);
  // Busy every day at this hour: nothing new.
  for (let day = 0; day <= 14; day++) await incidents(busy.id, 25, day * 24 + 0.5);
  await incidents(quiet.id, 19, 0.5);
  const spikes = await watchIncidentSpike(bench.deps);
  expect(spikes).toMatchObject([{ projectId: loud.id, count: 30, threshold: 20 }]);
  expect(await faults(INCIDENT_SPIKE)).toEqual([`${loud.id} hour`]);
  // What Culprit says about itself is no incident of the project's.
  expect((await watchIncidentSpike(bench.deps))[0]?.count).toBe(30);
  bench.clock.now = new Date(Date.now() + 2 * 3_600_000);
  expect(await watchIncidentSpike(bench.deps)).toEqual([]);
  expect(await faults(INCIDENT_SPIKE)).toEqual([]);
  bench.clock.now = new Date();
});

test("a project without three days behind it has no usual hour, so nothing is said", async () => {
  const project = await createProject(bench.own.database.db, { name: newId() });
  await incidents(project.id, 40, 0.5);
  expect((await watchIncidentSpike(bench.deps)).map(({ projectId }) => projectId)).not.toContain(project.id);
  await query("delete from incidents");
});

test("an ingest key of thirty days without use is told, an API key, a young, a used or a revoked one is not", async () => {
  await query("delete from projects where not is_house");
  const [silent, used, revoked, young] = [
    await oldProject(),
    await oldProject(),
    await oldProject(),
    await oldProject(),
  ];
  await query("update api_keys set created_at = now() - interval '40 days' where project_id <> $1", [young.id]);
  await query("update api_keys set last_used_at = now() where project_id = $1", [used.id]);
  await query("update api_keys set revoked_at = now() where project_id = $1", [revoked.id]);
  expect(await watchUnusedKeys(bench.deps)).toEqual([
    { projectId: silent.id, prefix: silent.ingestKey.slice(0, silent.ingestKey.lastIndexOf("_")), lastUsedAt: null },
  ]);
  expect(await faults(UNUSED_KEYS)).toEqual([`${silent.id} ingest`]);
  await query("update api_keys set last_used_at = now() where project_id = $1", [silent.id]);
  expect(await watchUnusedKeys(bench.deps)).toEqual([]);
  expect(await faults(UNUSED_KEYS)).toEqual([]);
});

test("refused keys, links and addresses are counted in batches and told above their limits, until it is calm", async () => {
  const { database } = bench.own;
  const keys = new KeyRing(database.db);
  const project = await createProject(database.db, { name: newId() });
  const wrong = `${project.apiKey.slice(0, -1)}${project.apiKey.endsWith("0") ? "1" : "0"}`;
  expect(await keys.holderOf(wrong)).toBeNull();
  for (let n = 0; n < 25; n++) keys.refused.key(wrong, "203.0.113.7");
  for (let n = 0; n < 30; n++) keys.refused.key("nonsense", "203.0.113.7");
  const link = await createLoginLink(database.db);
  for (let n = 0; n < 6; n++) keys.refused.link(link, "198.51.100.1");
  keys.refused.link("unknown", "198.51.100.1");
  await keys.writeUses();
  await keys.writeUses();
  const prefix = wrong.slice(0, wrong.lastIndexOf("_"));
  const [user] = await query("select id from users order by created_at limit 1");
  bench.clock.now = new Date();
  expect(await watchFailedAuth(bench.deps)).toMatchObject([
    { kind: "address", subject: "203.0.113.7", count: 55, projectId: null },
    { kind: "key", subject: prefix, count: 25, projectId: project.id },
    { kind: "user", subject: user?.id, count: 6, projectId: null },
  ]);
  const house = await houseProject(database.db);
  expect((await faults(FAILED_AUTH)).toSorted()).toEqual(
    [`${house} address 203.0.113.7`, `${house} user ${user?.id}`, `${project.id} key ${prefix}`].toSorted(),
  );
  bench.clock.now = new Date(Date.now() + 3 * 3_600_000);
  expect(await watchFailedAuth(bench.deps)).toEqual([]);
  expect(await faults(FAILED_AUTH)).toEqual([]);
  bench.clock.now = new Date();
});

test("a flood of subjects keeps the memory bounded, and none of them is lost from the sum", async () => {
  await query("delete from auth_failures");
  const keys = new KeyRing(bench.own.database.db);
  for (let n = 0; n < 12_000; n++) keys.refused.key("nonsense", `2001:db8::${n.toString(16)}`);
  await keys.writeUses();
  const [told] = await query(
    "select count(*)::int as subjects, sum(count)::int as count, max(count) filter (where subject = 'others')::int as others from auth_failures",
  );
  expect(told).toEqual({ subjects: 5001, count: 12_000, others: 7000 });
});
