import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../../../../test/cli/run-command.ts";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject } from "../../../domains/access/index.ts";
import { scrapeAdd } from "./scrape.ts";

let own: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  own = await createTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "culprit-scrape-"));
  await createProject(own.database.db, { name: "shop" });
});
afterAll(async () => {
  rmSync(dataDir, { recursive: true });
  await own.drop();
});

test("a page at a private address is added, and that it will not be read is said with the setting that allows it", async () => {
  const add = (url: string, httpAllowPrivate: string) =>
    runCommand(scrapeAdd, {
      ...{ words: [url], flags: { service: "cart" }, settings: { dataDir, httpAllowPrivate } },
      openDatabase: async () => own.database,
    });
  const refused = await add("http://127.0.0.1:9999/metrics", "");
  expect(refused).toMatchObject({ code: 0, printed: [expect.stringContaining("http://127.0.0.1:9999/metrics")] });
  expect(refused.said.join()).toMatch(/will not be read: .*127\.0\.0\.1.*CULPRIT_HTTP_ALLOW_PRIVATE/);
  expect((await add("http://127.0.0.1:9998/metrics", "127.0.0.0/8")).said.join()).toContain("within seconds");
});
