import { afterAll, beforeAll, expect, test } from "vitest";
import { openUpkeep, type UpkeepBench } from "../../../../test/upkeep/open-upkeep.ts";
import { checkDatabase } from "../../platform/db/check/check-database.ts";
import { QuerySampler } from "../../platform/db/check/query-sampler.ts";
import { newId } from "../../platform/ids/ids.ts";
import { createProject } from "../access/index.ts";
import { listOwnFaults } from "../incident/index.ts";
import { checkInstallation, findFaults } from "./check-installation.ts";

let bench: UpkeepBench;
beforeAll(async () => {
  bench = await openUpkeep();
});
afterAll(() => bench.close());
const query = (text: string) => bench.own.database.pool.query(text);
const standing = async () =>
  (await listOwnFaults(bench.own.database.db, "database_check")).map(({ fingerprint }) => fingerprint).toSorted();

test("a new database has no findings", async () => {
  expect(await findFaults(bench.deps)).toEqual([]);
});

test("what is found stands as a fault with its remedy, is kept with the run, and is resolved when it is found no more", async () => {
  await query("create table odd (a int); insert into odd select 1 from generate_series(1, 2)");
  await query("alter table odd add constraint odd_a check (a > 1) not valid");
  // The second row makes it fail, which leaves the index behind.
  await expect(query("create unique index concurrently odd_key on odd (a)")).rejects.toThrow(
    "could not create unique index",
  );
  const run = await checkInstallation(bench.deps);
  expect(run?.details.findings).toMatchObject([
    { kind: "invalid_index", subject: "public.odd_key", remedy: expect.stringContaining("REINDEX INDEX CONCURRENTLY") },
    { kind: "unvalidated_constraint", subject: "odd.odd_a", remedy: expect.stringContaining("VALIDATE CONSTRAINT") },
  ]);
  expect(await standing()).toEqual(["invalid_index", "unvalidated_constraint"]);
  const { rows } = await query("select details->'findings' as findings from upkeep_runs where kind = 'check'");
  expect(rows).toEqual([{ findings: run?.details.findings }]);

  await query("drop index odd_key");
  await checkInstallation(bench.deps);
  expect(await standing()).toEqual(["unvalidated_constraint"]);
  await query("drop table odd");
  await checkInstallation(bench.deps);
  expect(await standing()).toEqual([]);
});

test("partitions that end too soon are found: high while there is time, critical when rows are refused", async () => {
  const at = (days: number) => ({ now: new Date(Date.now() + days * 86_400_000), longQueries: [] });
  const soon = await checkDatabase(bench.own.database.pool, at(6));
  expect(soon.find(({ subject }) => subject === "spans")).toMatchObject({
    kind: "missing_partition",
    severity: "high",
  });
  const late = await checkDatabase(bench.own.database.pool, at(9));
  expect(late.find(({ subject }) => subject === "spans")).toMatchObject({ severity: "critical" });
  expect(await checkDatabase(bench.own.database.pool, at(0))).toEqual([]);
});

test("dead rows, empty room, old transactions, many connections and unused indexes are found by their limits", async () => {
  await query("create table churned (a int, t text) with (autovacuum_enabled = false)");
  await query("insert into churned select g, repeat('x', 200) from generate_series(1, 5000) g; analyze churned");
  await query("create index churned_a on churned (a)");
  await query("delete from churned where a > 500");
  const client = await bench.own.database.pool.connect();
  await client.query("begin");
  await client.query("select 1 from churned limit 1");
  await query("analyze churned");
  await query("select pg_stat_force_next_flush()");
  const limits = {
    ...{ deadRowsMin: 1000, deadPercent: 10, bloatBytesMin: 8192, bloatShare: 0.3, unusedIndexBytesMin: 1 },
    ...{ unusedAfterDays: 0, openTransactionS: 0, connectionShare: 0, transactionAge: 1 },
  };
  const options = { now: bench.clock.now, longQueries: [], limits };
  const found = await checkDatabase(bench.own.database.pool, options);
  await client.query("rollback");
  client.release();
  expect(
    found.filter(({ subject }) => /churned/.test(subject)).map(({ kind, subject }) => `${kind} ${subject}`),
  ).toEqual(expect.arrayContaining(["dead_rows churned", "bloat public.churned"]));
  expect(found.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(["transaction_age", "connections", "old_transaction"]),
  );
  await query("select pg_stat_reset()");
  const counted = await checkDatabase(bench.own.database.pool, { ...options, now: new Date() });
  expect(counted.find(({ subject }) => subject === "churned_a")).toMatchObject({
    kind: "unused_index",
    severity: "low",
  });
  await query("drop table churned");
});

test("a query that is seen at work again and again is found without any setting of the server, upkeep is not", async () => {
  const sampler = new QuerySampler(bench.own.database.pool, bench.deps.now);
  const slow = query("select pg_sleep(1.4) as a_slow_one");
  for (let seen = 0; seen < 5; ) {
    await sampler.look();
    seen = sampler.since(new Date(0))[0]?.seen ?? 0;
    if (seen === 0) await query("select 1");
  }
  await slow;
  const [found] = await findFaults({ ...bench.deps, sampler });
  expect(found).toMatchObject({ kind: "slow_query", subject: "select pg_sleep(1.4) as a_slow_one" });
  expect(found?.remedy).toMatch(/pg_stat_statements/);
  bench.clock.now = new Date(bench.clock.now.getTime() + 2 * 86_400_000);
  expect(await findFaults({ ...bench.deps, sampler })).toEqual([]);
  bench.clock.now = new Date();
});

test("an execution that nobody takes up and a long queue are found; one that waits for a person is not", async () => {
  const { id: projectId } = await createProject(bench.own.database.db, { name: newId() });
  const insert = (waiting: boolean) =>
    bench.own.database.pool.query(
      `insert into workflow_executions (id, project_id, workflow_id, execution_id, status, is_waiting, started_at)
       select $1::uuid, $2, id, $1::text, 'running', $3, now() - interval '1 hour' from workflows where project_id is null limit 1`,
      [newId(), projectId, waiting],
    );
  await insert(true);
  expect(await findFaults(bench.deps)).toEqual([]);
  await insert(false);
  expect(await findFaults(bench.deps)).toMatchObject([
    { kind: "execution_overdue", detail: expect.stringContaining("60 minutes") },
  ]);
  await query("delete from workflow_executions");
});
