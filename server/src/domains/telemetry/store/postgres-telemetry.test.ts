import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { openIncident } from "../../../../../test/scenario/open-incident.ts";
import { silentLog } from "../../../platform/db/database-log.ts";
import { createProject } from "../../access/index.ts";
import { telemetryConformance } from "../telemetry-conformance.ts";
import { openPostgresTelemetry } from "./open-postgres-telemetry.ts";

telemetryConformance("PostgreSQL", async (now) => {
  const { database, drop } = await createTestDatabase();
  const store = openPostgresTelemetry({ database, log: silentLog, now, keepDays: 14, isFolding: false });
  return {
    store,
    newProject: async () => (await createProject(database.db, { name: `p ${randomUUID()}` })).id,
    newIncident: async (projectId) => {
      const { incidentId } = await openIncident(database);
      await sql`update incidents set project_id = ${projectId} where id = ${incidentId}`.execute(database.owner);
      return incidentId;
    },
    close: async () => {
      await store.close();
      await drop();
    },
  };
});
