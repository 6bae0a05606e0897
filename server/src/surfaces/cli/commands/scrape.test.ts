import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../../../../test/cli/run-command.ts";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject } from "../../../domains/access/index.ts";
import { noteRunningServer } from "../../../platform/process/running-server.ts";
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

const add = (url: string, httpAllowPrivate: string) =>
  runCommand(scrapeAdd, {
    ...{ words: [url], flags: { service: "cart" }, settings: { dataDir, httpAllowPrivate } },
    openDatabase: async () => own.database,
  });

test("a page at a private address is added; where no server is known, what is said of it is what the command knows", async () => {
  const refused = await add("http://127.0.0.1:9999/metrics", "");
  expect(refused).toMatchObject({ code: 0, printed: [expect.stringContaining("http://127.0.0.1:9999/metrics")] });
  expect(refused.said.join()).toMatch(
    /with the settings of this command will not read it: .*127\.0\.0\.1.*CULPRIT_HTTP_ALLOW_PRIVATE.*Whether yours does/,
  );
  expect((await add("http://127.0.0.1:9998/metrics", "127.0.0.0/8")).said.join()).toContain("within seconds");
});

test("where a server runs on the data folder, its rule counts and not the command's", async () => {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const running = (httpAllowPrivate: string) =>
    noteRunningServer(dataDir, { url: `http://127.0.0.1:${port}`, host: "127.0.0.1", port, httpAllowPrivate });
  running("127.0.0.0/8");
  expect((await add("http://127.0.0.1:9997/metrics", "")).said.join()).toContain("The server reads it within seconds");
  const stop = running("");
  expect((await add("http://127.0.0.1:9996/metrics", "127.0.0.0/8")).said.join()).toContain(
    "The server that runs here will not read it",
  );
  stop();
  listener.close();
});
