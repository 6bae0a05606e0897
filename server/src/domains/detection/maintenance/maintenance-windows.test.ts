import { randomUUID } from "node:crypto";
import { gatePolicySchema } from "@culprit/contract";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { openIncident } from "../../../../../test/scenario/open-incident.ts";
import { createProject } from "../../access/index.ts";
import { movePolicy, writePolicy } from "../gate/write-policy.ts";
import { announceMaintenance, listMaintenance } from "./maintenance-windows.ts";

test("who announces a maintenance is told of a service that nobody heard of, and of signals that it does not cover", async () => {
  const { database, drop } = await createTestDatabase();
  const { incidentId } = await openIncident(database);
  const known = await database.db
    .selectFrom("incidents")
    .innerJoin("services", "services.service_id", "incidents.service_id")
    .where("incidents.id", "=", incidentId)
    .select(["incidents.project_id", "services.service_name"])
    .executeTakeFirstOrThrow();
  const startsAt = new Date();
  const of = { startsAt, endsAt: new Date(startsAt.getTime() + 60_000), reason: "r", by: "ann" };
  const announce = async (projectId: string, service?: string) =>
    (await announceMaintenance(database, { ...of, projectId, service })).hints;
  const { project_id: projectId, service_name: service } = known;
  const covers = expect.stringMatching(
    /^It covers: Culprit's detectors.*Not covered.*exceptions of SDKs and spans, and log lines of severity ERROR.*maintenance.*sources/,
  );
  expect(await announce(projectId, service)).toEqual([covers]);
  expect(await announce(projectId)).toEqual([covers]);
  expect(await announce(projectId, `${service}x`)).toEqual([
    expect.stringContaining(`Did you mean ${service}?`),
    covers,
  ]);
  const empty = (await createProject(database.db, { name: `p ${randomUUID()}` })).id;
  expect((await announce(empty, "nosuch"))?.[0]).toContain("None is known yet");
  const policy = gatePolicySchema.parse({
    maintenance: { sources: ["telemetry", "alert", "kubernetes", "errors"] },
  });
  const { version } = await writePolicy(database, { projectId, policy, reason: "all of it", by: "ann" });
  await movePolicy(database, { projectId, version, status: "active" });
  expect(await announce(projectId, service)).toEqual([expect.stringContaining("It covers every signal")]);
  expect((await listMaintenance(database.db, projectId, startsAt))[0]).not.toHaveProperty("hints");
  await drop();
});
