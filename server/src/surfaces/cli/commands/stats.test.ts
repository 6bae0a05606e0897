import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../../../../test/cli/run-command.ts";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject } from "../../../domains/access/index.ts";
import { stats } from "./stats.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

test("the project of stats goes by its name, as a word or a flag", async () => {
  await createProject(own.database.db, { name: "shop" });
  await createProject(own.database.db, { name: "other" });
  const run = (words: readonly string[], flags = {}) =>
    runCommand(stats, { words, flags, openDatabase: async () => own.database });
  expect((await run(["shop"])).printed).toEqual((await run([], { project: "shop" })).printed);
  await expect(run(["shap"])).rejects.toMatchObject({ code: "NOT_FOUND" });
});
