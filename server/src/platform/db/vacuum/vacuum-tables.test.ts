import { expect, test } from "vitest";
import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { fillIncidents } from "../../../../../test/database/fill-incidents.ts";
import { vacuumTables } from "./vacuum-tables.ts";

test("dead rows are gone after a vacuum, of the named tables and of all; an unknown name is refused before anything is done", async () => {
  const testDatabase = await createTestDatabase();
  const { pool } = testDatabase.database;
  try {
    await fillIncidents(pool, { count: 50, ageDays: 1 });
    await pool.query("delete from autopsy_results");
    await pool.query("select pg_stat_force_next_flush()");
    const lines: string[] = [];
    await expect(vacuumTables(pool, ["autopsy_results", "nonsense"], () => undefined)).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining('"nonsense"'),
    });
    const [done] = await vacuumTables(pool, ["autopsy_results"], (line) => lines.push(line));
    expect(done).toMatchObject({ table: "public.autopsy_results", deadRowsBefore: 50, deadRowsAfter: 0 });
    expect(lines[0]).toBe("vacuum 1/1 public.autopsy_results");
    const all = await vacuumTables(pool, [], () => undefined);
    expect(all.map(({ table }) => table)).toContain("public.incident_occurrences");
    const { rows } = await pool.query(
      "select count(*)::int as n from pg_stat_user_tables where schemaname = 'public' and last_vacuum is null and relid in (select relid from pg_partition_tree('incident_occurrences') where isleaf)",
    );
    expect(rows[0].n).toBe(0);
  } finally {
    await testDatabase.drop();
  }
});
