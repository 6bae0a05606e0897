import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { silentLog } from "../../server/src/platform/db/database-log.ts";
import { migrateDown } from "../../server/src/platform/db/migrations/migrate-down.ts";
import { migrateUp } from "../../server/src/platform/db/migrations/migrate-up.ts";
import { readMigrations } from "../../server/src/platform/db/migrations/migration-files.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { makeProject } from "../database/make-project.ts";

const MIGRATION = "20261121160300_diagnosis_again";

test("deployments that older versions stored though nothing ran before, or twice, are gone; those that were told or took another's place stay", async () => {
  const { database, drop } = await createTestDatabase();
  try {
    const { pool, db } = database;
    const all = await readMigrations();
    const steps = all.length - all.findIndex(({ id }) => id === MIGRATION);
    await migrateDown({ pool, log: silentLog }, { steps });
    const projectId = await makeProject(database);
    const serviceId = randomUUID();
    await sql`INSERT INTO services (service_id, project_id, namespace, service_name) VALUES (${serviceId}, ${projectId}, 'production', 'stock')`.execute(
      db,
    );
    const deployment = async (release: string, hour: number, origin: string) => {
      const id = randomUUID();
      await sql`INSERT INTO deployment_events (deployment_event_id, project_id, service_id, environment, started_at, deploy_type, release, origin)
        VALUES (${id}, ${projectId}, ${serviceId}, 'production', ${new Date(Date.UTC(2026, 0, 1, hour))}, 'other', ${release}, ${origin})`.execute(
        db,
      );
      return id;
    };
    const span = (id: string, release: string, hour: number) =>
      sql`INSERT INTO service_revisions (id, project_id, service_id, environment, release, from_at, mapping_confidence, mapping_source, deployment_event_id)
        VALUES (${randomUUID()}, ${projectId}, ${serviceId}, 'production', ${release}, ${new Date(Date.UTC(2026, 0, 1, hour))}, 0, 'unknown', ${id})`.execute(
        db,
      );
    await span(await deployment("first", 1, "observed"), "first", 1);
    await span(await deployment("second", 2, "observed"), "second", 2);
    await deployment("twin of second", 2, "observed");
    await deployment("told", 0, "reported");

    await migrateUp({ pool, log: silentLog });
    const { rows } = await pool.query("select release from deployment_events order by started_at");
    expect(rows.map(({ release }) => release)).toEqual(["told", "second"]);
  } finally {
    await drop();
  }
});
