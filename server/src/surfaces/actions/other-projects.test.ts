import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ActionBench, openActionBench } from "../../../../test/actions/action-bench.ts";
import { openIncident } from "../../../../test/scenario/open-incident.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import { incidentMessage } from "./shared/tell.ts";

/** Actions work with the engine's rights, so each of them keeps a workflow inside its own project itself. */

let bench: ActionBench;
beforeAll(async () => {
  bench = await openActionBench();
});
afterAll(() => bench.close());

/** What each action needs beside the incident. */
const inputs: Readonly<Record<string, object>> = {
  investigate_incident: {},
  look_again: {},
  write_autopsy: {},
  prove_patch: {},
  open_pull_request: {},
  gate_incident: {},
  update_incident: { status: "suppressed", reason: "because" },
  assign: { to: "eve" },
  escalate: {},
};

async function stateOf(incidentId: string) {
  const { rows } = await sql`
    SELECT i.status, i.assigned_to, i.escalation_level, i.verdict, (SELECT count(*)::int FROM incident_decisions d
      WHERE d.incident_id = i.id) AS decisions FROM incidents i WHERE i.id = ${incidentId}`.execute(
    bench.test.database.db,
  );
  return rows[0];
}

test("every action that takes an incident is held against another project's below", () => {
  const takers = [...bench.catalogue.values()].filter(
    ({ input }) => "shape" in input && "incident_id" in (input.shape as object),
  );
  expect(takers.map(({ name }) => name).sort()).toEqual(Object.keys(inputs).sort());
});

describe.each(Object.entries(inputs))("%s", (name, input) => {
  test("finds no incident of another project, named or as its own, and changes nothing of it", async () => {
    const [theirs, own] = [await openIncident(bench.test.database), await openIncident(bench.test.database)];
    const before = await stateOf(theirs.incidentId);
    const named = { ...input, incident_id: toPublicId("inc", theirs.incidentId) };
    const facts = { projectId: own.projectId };
    for (const incidentId of [null, own.incidentId])
      await expect(bench.run(name, named, { ...facts, incidentId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(bench.run(name, input, { ...facts, incidentId: theirs.incidentId })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await stateOf(theirs.incidentId)).toEqual(before);
  });
});

test("an incident of the own project is moved by its id", async () => {
  const own = await openIncident(bench.test.database);
  const input = { ...inputs.update_incident, incident_id: toPublicId("inc", own.incidentId) };
  expect(await bench.run("update_incident", input, { projectId: own.projectId })).toEqual({
    is_moved: true,
    status: "suppressed",
  });
});

test("no message tells of another project's incident", async () => {
  const [theirs, own] = [await openIncident(bench.test.database), await openIncident(bench.test.database)];
  const step = { incidentId: theirs.incidentId, projectId: own.projectId };
  await expect(incidentMessage(step, bench.services, null)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("queries, commands and repositories of others find nothing", async () => {
  const [theirs, own] = [await openIncident(bench.test.database), await openIncident(bench.test.database)];
  const id = toPublicId("inc", theirs.incidentId);
  const facts = { projectId: own.projectId };
  expect(await bench.run("query_incidents", { incident_ids: [id], mentioned_in: id }, facts)).toMatchObject({
    count: 0,
  });
  const answer = await bench.run("answer_command", { command: `status ${id}` }, facts);
  expect(JSON.stringify(answer)).not.toContain(id);
  await sql`INSERT INTO repositories (id, project_id, url) VALUES (gen_random_uuid(), ${theirs.projectId}, 'https://git.example/theirs')`.execute(
    bench.test.database.db,
  );
  await expect(
    bench.run("platform_detector", { repository_url: "https://git.example/theirs" }, facts),
  ).rejects.toMatchObject({ code: "NOT_FOUND" });
});
