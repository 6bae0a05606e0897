import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject } from "../../../domains/access/index.ts";
import { loadConfig } from "../../../platform/config/load-config.ts";
import { flagName, type OptionKey, options } from "../../../platform/config/options.ts";
import { createLog } from "../../../platform/log/log.ts";
import type { Command, CommandContext } from "../command.ts";
import { handsOffOff, handsOffOn, handsOffStatus } from "./hands-off.ts";
import { commands } from "./index.ts";
import {
  integrationAdd,
  integrationCheck,
  integrationList,
  integrationRemove,
  integrationTypes,
} from "./integration.ts";
import { secretRotate } from "./secret-rotate.ts";

let own: TestDatabase;
let folder: string;
beforeAll(async () => {
  own = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "culprit-cli-"));
  await createProject(own.database.db, { name: "shop" });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await own.drop();
});

const secret = "a-secret-that-nobody-guesses";

async function run(command: Command, words: readonly string[] = [], flags: Record<string, string | boolean> = {}) {
  const [printed, said]: [string[], string[]] = [[], []];
  const refuse = async () => {
    throw new Error("this command was to open nothing");
  };
  const ctx: CommandContext = {
    config: loadConfig({
      flags: { dataDir: folder },
      env: {},
      file: { path: join(folder, "none.json"), isRequired: false },
      defaults: {},
    }),
    log: createLog("silent"),
    version: "test",
    say: (line) => void said.push(line),
    print: (line) => void printed.push(...[line].flat()),
    openDatabase: async () => own.database,
    openUnmigrated: refuse,
    openTelemetry: refuse,
    openEngines: refuse,
    findSandbox: refuse,
    readEnv: (name) =>
      ({
        BOT: JSON.stringify({ secret }),
        UNREACHABLE: JSON.stringify({ secret, url: "http://127.0.0.1:9/in/0123456789" }),
      })[name],
    openRepository: refuse,
    openCheckout: refuse,
    serve: refuse,
  };
  const code = await command.run(ctx, { flags, words });
  return { code, printed, said };
}

test("an integration is added with credentials from the environment, asked, listed and removed", async () => {
  const flags = { "credentials-env": "BOT", settings: '{"title":"bot"}', json: true };
  const added = await run(integrationAdd, ["webhook", "the bot"], flags);
  const integration = JSON.parse(added.printed[0] ?? "");
  expect(integration).toMatchObject({ name: "the bot", health_status: "unknown", last_health_check: null });
  expect(added.said).toEqual([expect.stringContaining("server checks it")]);
  expect(integration.webhook_url).toMatch(/\/hooks\/i\//);
  expect(JSON.stringify(added)).not.toContain(secret);
  expect((await run(integrationList)).printed).toEqual([expect.stringContaining("the bot  webhook  unknown")]);
  const asked = await run(integrationCheck, [integration.id]);
  expect(asked).toMatchObject({ code: 0, printed: [expect.stringContaining("the bot  healthy"), expect.anything()] });
  expect((await run(integrationCheck, ["the bot"])).printed).toEqual(asked.printed);
  await expect(run(integrationCheck, ["the bat"])).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: expect.stringContaining("integration list"),
  });
  expect((await run(integrationTypes)).printed.join("\n")).toContain("credentials: secret, [url]");
  const wrong = run(integrationAdd, ["webhook", "b"], { ...flags, settings: "{" });
  await expect(wrong).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  expect(await run(integrationRemove, ["the bot"])).toMatchObject({ code: 0 });
  expect((await run(integrationList)).said).toEqual([expect.stringContaining("none yet")]);
});

test("what a check from here finds is printed, and neither stored nor a fault: the server may see it otherwise", async () => {
  // A private address, which this process refuses to call and the server may be allowed to.
  const flags = { "credentials-env": "UNREACHABLE", json: true };
  const added = JSON.parse((await run(integrationAdd, ["webhook", "far"], flags)).printed[0] ?? "");
  const asked = await run(integrationCheck, [added.id], { json: true });
  expect(asked.code).toBe(1);
  expect(JSON.parse(asked.printed[0] ?? "")).toMatchObject({
    health_status: "unhealthy",
    health_reason: expect.stringMatching(/./),
  });
  const { rows } = await own.database.pool.query(
    "SELECT health_status, last_health_check, (SELECT count(*)::int FROM incidents) AS faults FROM integrations WHERE name = 'far'",
  );
  expect(rows).toEqual([{ health_status: "unknown", last_health_check: null, faults: 0 }]);
  await run(integrationRemove, [added.id]);
});

test("no flag of a command hides a setting or the settings file", () => {
  const taken = new Set(["config", ...(Object.keys(options) as OptionKey[]).map((key) => flagName(key).slice(2))]);
  const hidden = commands.flatMap(({ name, flags }) =>
    Object.keys(flags).flatMap((flag) => (taken.has(flag) ? [`${name} --${flag}`] : [])),
  );
  expect(hidden).toEqual([]);
});

test("hands-off needs a reason, is shown while it stands, and is ended as it was set", async () => {
  await expect(run(handsOffOn)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  await run(handsOffOn, [], { reason: "a freeze" });
  await run(handsOffOn, [], { reason: "a migration", project: "shop", service: "cart" });
  const shown = (await run(handsOffStatus)).printed;
  expect(shown).toHaveLength(2);
  expect(shown.join("\n")).toMatch(/all of Culprit, said command line at .*: a freeze/);
  await run(handsOffOff);
  await expect(run(handsOffOff)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await run(handsOffOff, [], { project: "shop", service: "cart" });
  expect((await run(handsOffStatus)).said).toEqual([expect.stringContaining("effects go out")]);
});

test("a rotation with a new key leaves nothing under the old one", async () => {
  await run(integrationAdd, ["webhook", "kept"], { "credentials-env": "BOT" });
  const rotated = await run(secretRotate, [], { "new-key": true, json: true });
  expect(JSON.parse(rotated.printed[0] ?? "")).toEqual({ sealed: 1, current: 0, unreadable: [] });
  expect(readFileSync(join(folder, "secret.key"), "utf8").trim().split("\n")).toHaveLength(2);
  const again = await run(secretRotate, [], { json: true });
  expect(JSON.parse(again.printed[0] ?? "")).toMatchObject({ sealed: 0, current: 1 });
});
