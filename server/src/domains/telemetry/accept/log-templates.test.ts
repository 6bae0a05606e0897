import type { LogRecord } from "@culprit/contract";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject } from "../../access/index.ts";
import { LogTemplates, type TemplateLimits } from "./log-templates.ts";
import { loadTemplates, storeTemplates } from "./store-templates.ts";

const testDatabase = await createTestDatabase();
afterAll(() => testDatabase.drop());
const { database } = testDatabase;

const NOW = Date.parse("2026-11-21T10:00:00Z");
const line = (body: string, service = "cart"): LogRecord => ({
  ...{ serviceKey: `default/production/${service}`, environment: "production", atMs: NOW, severity: "info", body },
  ...{ traceId: null, spanId: null, attributes: {} },
});
const open = (limits: Partial<TemplateLimits> = {}) =>
  new LogTemplates({ templatesMax: 100, servicesMax: 10, templatesOfAllMax: 1_000, ...limits });

test("after a restart a line of a known template has its id and is no news", async () => {
  const projectId = (await createProject(database.db, { name: "templates" })).id;
  const before = open();
  for (const name of ["ada", "bob", "cid", "dan", "eve", "fay"]) before.mine(projectId, line(`user ${name} logged in`));
  const known = before.mine(projectId, line("user gus logged in"));
  await storeTemplates(database, before.flush(NOW).news);

  const after = open();
  const zoe = line("user zoe logged in");
  await after.prepare(projectId, [zoe], (place, most) => loadTemplates(database, place, most));
  expect(after.mine(projectId, zoe).templateId).toBe(known.templateId);
  expect(after.flush(NOW).news).toEqual([]);
});

test("each service is read once, and another project's templates are not its own", async () => {
  const asked: string[] = [];
  const load = async ({ projectId }: { projectId: string }) => {
    asked.push(projectId);
    return [];
  };
  const templates = open();
  for (const projectId of ["p", "p", "q"]) await templates.prepare(projectId, [line("a"), line("b")], load);
  expect(asked).toEqual(["p", "q"]);
});

test("of all services together only so many templates are held: the one that has been silent for longest is read again", async () => {
  const templates = open({ templatesOfAllMax: 5 });
  const asked: string[] = [];
  const load = async ({ serviceKey }: { serviceKey: string }) => {
    asked.push(serviceKey);
    return [];
  };
  const say = async (service: string, body: string) => {
    await templates.prepare("p", [line(body, service)], load);
    templates.mine("p", line(body, service));
  };
  for (const service of ["a", "b"])
    for (const body of ["opened the shop", "closed it, again"]) await say(service, body);
  await say("a", "opened the shop");
  for (const body of ["opened the shop", "closed it, again"]) await say("c", body);
  asked.length = 0;
  for (const service of ["a", "c", "b"]) await say(service, "opened the shop");
  expect(asked).toEqual(["default/production/b"]);
  // What it had counted before it gave way is not lost.
  const lines = (templates.flush(NOW).samples.get("p") ?? []).reduce((sum, { value }) => sum + value, 0);
  expect(lines).toBe(10);
});
