import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../../../../test/cli/run-command.ts";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { fillManyIncidents } from "../../../../../test/database/fill-many-incidents.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { incidentList } from "./incident-list.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
  const client = await own.database.pool.connect();
  const [project] = await fillManyIncidents(client, { incidents: 30, projects: 1 });
  await client.query("update projects set project_id = $1", [toPublicId("proj", project?.projectId ?? "")]);
  // The five newest failed in another service.
  await client.query(`
    with made as (insert into services (service_id, project_id, namespace, service_name) select gen_random_uuid(), id, 'production', 'cart' from projects returning service_id)
    update incidents set service_id = made.service_id from made where id in (select id from incidents order by created_at desc limit 5)`);
  client.release();
});
afterAll(() => own.drop());

const run = (flags: Record<string, string | boolean>) =>
  runCommand(incidentList, { words: [], flags, openDatabase: async () => own.database });

test("the incidents of a service are listed newest first, a page at a time, and those of a status", async () => {
  const first = await run({ service: "cart", limit: "3" });
  expect(first.printed).toHaveLength(6);
  expect(first.printed[0]).toMatch(/^inc_\S+ {2}resolved, \w+: TypeError: failure 29$/);
  expect(first.printed[1]).toMatch(/^ {2}cart in production, \d+ times, last 20\S+Z$/);
  const cursor = /--cursor (\S+)/.exec(first.said.join("\n"))?.[1] ?? "";
  const second = await run({ service: "cart", limit: "3", cursor, json: true });
  expect(JSON.parse(second.printed.join(""))).toMatchObject({
    incidents: [{ title: "TypeError: failure 26" }, { title: "TypeError: failure 25" }],
    next_cursor: null,
  });
  const { incidents } = JSON.parse((await run({ service: "shop", status: "open", json: true })).printed.join(""));
  expect(incidents).toMatchObject([{ title: "TypeError: failure 0", service: "shop" }]);
  expect((await run({ service: "nobody" })).said.join("")).toBe("No incident is of this kind.");
});
