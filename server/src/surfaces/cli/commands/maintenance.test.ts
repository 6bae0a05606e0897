import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../../../../test/cli/run-command.ts";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { openIncident } from "../../../../../test/scenario/open-incident.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { maintenanceStart } from "./maintenance.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

test("a service is named as it is called, or by the key that the topology prints, which says its environment", async () => {
  const { incidentId } = await openIncident(own.database);
  const { project_id: projectId, service_name: name } = await own.database.db
    .selectFrom("incidents")
    .innerJoin("services", "services.service_id", "incidents.service_id")
    .where("incidents.id", "=", incidentId)
    .select(["incidents.project_id", "services.service_name"])
    .executeTakeFirstOrThrow();
  const start = async (service: string) => {
    const { printed, said } = await runCommand(maintenanceStart, {
      flags: { service, reason: "a move", project: toPublicId("proj", projectId) },
      openDatabase: async () => own.database,
    });
    return { line: printed.join("\n"), hints: said.join("\n") };
  };
  for (const [named, where] of [
    [name, `${name}, `],
    [`default/production/${name}`, `${name} in production, `],
    [`eu/payments/${name}`, `${name}, `],
  ] as const) {
    const { line, hints } = await start(named);
    expect(line).toContain(`  ${where}`);
    expect(hints).not.toContain("heard of");
  }
  expect((await start("default/production/nosuch")).hints).toContain("No service nosuch was heard of");
});
