import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";
import { type FilledProject, fillProject, makeOldLogPartitions } from "./fill-every-table.ts";
import { thenUndone } from "./within-schema.ts";

let own: TestDatabase;
let alpha: FilledProject;
beforeAll(async () => {
  own = await createTestDatabase();
  await makeOldLogPartitions(own.database.pool);
  alpha = await fillProject(own.database.pool, "alpha");
});
afterAll(() => own.drop());
const undone = (work: (client: pg.PoolClient) => Promise<void>) => thenUndone(own.database.pool, work);

/** What each document calls a status: autopsy, triage, diagnosis, tracking. */
const WORDS = {
  open: ["detected", "pending", "open", "open"],
  suppressed: ["resolved", "resolved", "suppressed", "resolved"],
  triaged: ["detected", "pending", "triaged", "open"],
  investigating: ["analyzing", "investigating", "triaged", "open"],
  diagnosed: ["analyzing", "resolved", "triaged", "open"],
  pr_created: ["pr_created", "resolved", "triaged", "open"],
  failed: ["analyzing", "failed", "triaged", "open"],
  agent_failed: ["analyzing", "agent_failed", "triaged", "open"],
  resolved: ["resolved", "resolved", "resolved", "resolved"],
} as const;

test("the map knows every status that the table accepts", async () => {
  const { rows } = await own.database.pool.query<{ definition: string }>(
    "select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'incidents_status_check'",
  );
  const accepted = [...(rows[0]?.definition ?? "").matchAll(/'(\w+)'/g)].map(([, word]) => word);
  expect(accepted.toSorted()).toEqual(Object.keys(WORDS).toSorted());
});

test.each(Object.entries(WORDS))(
  "an incident that is %s has each document's word for it, and is found by it",
  async (status, words) => {
    await undone(async (client) => {
      await client.query("update incidents set status = $1", [status]);
      for (const [index, schema] of ["autopsy", "triage", "diagnosis", "tracking"].entries()) {
        const { rows } = await client.query(
          `select status, pg_typeof(status)::text as type, count(*)::int as n from ${schema}.incidents where status = $1 group by 1`,
          [words[index]],
        );
        const type = schema === "diagnosis" ? "text" : "character varying";
        expect(rows).toEqual([{ status: words[index], type, n: alpha.incidents.length }]);
      }
    });
  },
);

test("a status that no document knows is refused", async () => {
  await undone(async (client) => {
    await client.query("savepoint refused");
    await expect(client.query("update incidents set status = 'closed'")).rejects.toMatchObject({ code: "23514" });
    await client.query("rollback to refused");
  });
});

test.each([
  ["critical", 1],
  ["high", 2],
  ["medium", 3],
  ["low", 4],
])("severity %s is a word in document 2's view and %i in document 4's", async (word, number) => {
  await undone(async (client) => {
    await client.query("update incidents set severity = $1", [word]);
    const { rows } = await client.query(
      `select distinct t.severity as word, d.severity as number, pg_typeof(d.severity)::text as type
       from triage.incidents t join diagnosis.incidents d using (incident_id)`,
    );
    expect(rows).toEqual([{ word, number, type: "integer" }]);
  });
});

test("the log of feedback, of decisions and of audit takes rows and gives none back, except in retention or with the incident", async () => {
  for (const table of ["feedback_events", "incident_decisions", "audit_log"]) {
    for (const role of ["culprit", "culprit_engine"]) {
      await undone(async (client) => {
        await client.query(`set local role ${role}`);
        const column = table === "audit_log" ? "actor_id" : "project_id";
        for (const statement of [`update ${table} set ${column} = ${column}`, `delete from ${table}`]) {
          await client.query("savepoint refused");
          await expect(client.query(statement), `${role}: ${statement}`).rejects.toMatchObject({ code: "23001" });
          await client.query("rollback to refused");
        }
        await client.query("set local culprit.retention = on");
        const { rowCount } = await client.query(`delete from ${table}`);
        expect(rowCount).toBeGreaterThan(0);
      });
    }
  }
  await undone(async (client) => {
    const id = alpha.incidents[0]?.id;
    await client.query("delete from incidents where id = $1", [id]);
    for (const table of ["feedback_events", "incident_decisions"]) {
      const { rows } = await client.query(`select count(*)::int as n from ${table} where incident_id = $1`, [id]);
      expect(rows).toEqual([{ n: 0 }]);
    }
  });
});

test("retention ends with its transaction: the log refuses again", async () => {
  await undone(async (client) => {
    await client.query("set local culprit.retention = on; rollback; begin");
    await client.query("savepoint refused");
    await expect(client.query("delete from incident_decisions")).rejects.toMatchObject({ code: "23001" });
    await client.query("rollback to refused");
  });
});
