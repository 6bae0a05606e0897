import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../../../test/culprit/start-culprit.ts";
import { fillIncidents } from "../../../../test/database/fill-incidents.ts";
import { openUpkeep, type UpkeepBench } from "../../../../test/upkeep/open-upkeep.ts";
import { createProject, houseProject } from "../../domains/access/index.ts";
import { UPKEEP_WORKFLOWS } from "../../domains/upkeep/index.ts";
import { startExecution, syncBuiltins } from "../../domains/workflow/index.ts";
import { planSchedules } from "../../domains/workflow/triggers/schedule/plan-schedules.ts";
import { runDueSchedules } from "../../domains/workflow/triggers/schedule/run-due-schedules.ts";
import { createLog } from "../../platform/log/log.ts";
import { openSecretBox } from "../../platform/secrets/open-secret-box.ts";
import type { ActionServices } from "../actions/action-services.ts";
import { loadCatalogue } from "../actions/load-catalogue.ts";
import { workAtExecutions } from "./executions.ts";
import { prepareUpkeep } from "./upkeep.ts";

let bench: UpkeepBench;
let projectId: string;
let stop: (timeoutMs: number) => Promise<void>;
const log = createLog("silent");
beforeAll(async () => {
  bench = await openUpkeep();
  const { database, queue } = bench.deps;
  projectId = (await createProject(database.db, { name: "shop" })).id;
  const catalogue = await loadCatalogue();
  await syncBuiltins(database, catalogue);
  await prepareUpkeep(bench.deps, log);
  const now = bench.deps.now;
  stop = await workAtExecutions({
    ...{ database, queue, log, catalogue, now, heavyMax: 1, publicUrl: () => "http://127.0.0.1" },
    // The actions of upkeep use no other service.
    services: { database, upkeep: bench.deps } as ActionServices,
    secretBox: openSecretBox({ secret: "", dataDir: bench.folder }),
  });
});
afterAll(async () => {
  await stop(1000);
  await bench.close();
});

const executions = async () =>
  (
    await sql<{ name: string; project_id: string; status: string; error: string | null }>`
      SELECT w.name, e.project_id, e.status, e.error_message AS error FROM workflow_executions e JOIN workflows w ON w.id = e.workflow_id
      WHERE w.name = ANY(${[...UPKEEP_WORKFLOWS]}::text[]) ORDER BY w.name`.execute(bench.own.database.db)
  ).rows;

test("every piece of upkeep is a built-in workflow that its schedule starts once, in the house project alone, and that does its work", async () => {
  const { database } = bench.own;
  await fillIncidents(database.pool, { count: 2, ageDays: 120 });
  const at = new Date();
  await planSchedules(database.db, at);
  const { rows } =
    await sql`SELECT DISTINCT s.project_id FROM project_schedules s JOIN workflow_triggers t ON t.id = s.trigger_id
    JOIN workflows w ON w.id = t.workflow_id WHERE w.name = ANY(${[...UPKEEP_WORKFLOWS]}::text[])`.execute(database.db);
  const house = await houseProject(database.db);
  expect(rows).toEqual([{ project_id: house }]);

  // Eight days later everything was due, some of it often: one run stands for all that were missed.
  const later = new Date(at.getTime() + 8 * 86_400_000);
  await runDueSchedules({ database, queue: bench.deps.queue, now: () => later });
  const done = await eventually(
    executions,
    (all) => all.length > 0 && all.every(({ status }) => !["pending", "running"].includes(status)),
    30_000,
  );
  expect(done).toEqual(
    UPKEEP_WORKFLOWS.toSorted().map((name) => ({ name, project_id: house, status: "completed", error: null })),
  );

  const folders = await readdir(bench.deps.settings.backupFolder);
  await access(join(bench.deps.settings.backupFolder, folders[0] ?? "", "manifest.json"));
  expect((await database.pool.query("select count(*)::int as n from incidents")).rows).toEqual([{ n: 0 }]);
  const runs = await database.pool.query("select kind from upkeep_runs where status = 'completed' order by kind");
  expect(runs.rows.map(({ kind }) => kind)).toEqual(["backup", "check", "executions", "logs", "maintenance", "views"]);
});

test("a project that runs an action of upkeep is refused: it concerns the installation", async () => {
  const { database, queue } = bench.deps;
  const workflow = await database.db
    .selectFrom("workflows")
    .select("id")
    .where("name", "=", "backup")
    .executeTakeFirstOrThrow();
  await database.transaction((tx) =>
    startExecution(tx, queue, { projectId, workflow, inputs: {}, trigger: { type: "manual", data: {} } }),
  );
  const refused = await eventually(
    async () => (await executions()).find((one) => one.project_id === projectId),
    (one) => one?.status === "failed",
    30_000,
  );
  expect(refused?.error).toMatch(/concerns the whole installation/);
});
