import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject } from "../../../domains/access/index.ts";
import { loadConfig } from "../../../platform/config/load-config.ts";
import { createLog } from "../../../platform/log/log.ts";
import type { Command, CommandContext } from "../command.ts";
import { handsOffOff, handsOffOn, handsOffStatus } from "./hands-off.ts";
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
    print: (line) => void printed.push(line),
    openDatabase: async () => own.database,
    openUnmigrated: refuse,
    readEnv: (name) => (name === "BOT" ? JSON.stringify({ secret }) : undefined),
    openRepository: refuse,
    serve: refuse,
  };
  const code = await command.run(ctx, { flags, words });
  return { code, printed, said };
}

test("an integration is added with credentials from the environment, checked, listed and removed", async () => {
  const flags = { "credentials-env": "BOT", config: '{"title":"bot"}', json: true };
  const added = await run(integrationAdd, ["webhook", "the bot"], flags);
  const integration = JSON.parse(added.printed[0] ?? "");
  expect(integration).toMatchObject({ name: "the bot", health_status: "healthy" });
  expect(integration.webhook_url).toMatch(/\/hooks\/i\//);
  expect(JSON.stringify(added)).not.toContain(secret);
  expect((await run(integrationList)).printed).toEqual([expect.stringContaining("the bot  webhook  healthy")]);
  expect(await run(integrationCheck, [integration.id])).toMatchObject({ code: 0 });
  expect((await run(integrationTypes)).printed.join("\n")).toContain("credentials: secret, [url]");
  const wrong = run(integrationAdd, ["webhook", "b"], { ...flags, config: "{" });
  await expect(wrong).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  expect(await run(integrationRemove, [integration.id])).toMatchObject({ code: 0 });
  expect((await run(integrationList)).said).toEqual([expect.stringContaining("none yet")]);
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
