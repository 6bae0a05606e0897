import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { type FakeGitHub, startFakeGitHub } from "../../../../test/fakes/github/fake-github.ts";
import { createProject } from "../../domains/access/index.ts";
import { createIntegration, type IntegrationServices } from "../../domains/integration/index.ts";
import { openHttpClient } from "../../platform/http-client/open-http-client.ts";
import { newId } from "../../platform/ids/ids.ts";
import { createLog } from "../../platform/log/log.ts";
import { openQueue, type Queue } from "../../platform/queue/queue.ts";
import { openSecretBox } from "../../platform/secrets/open-secret-box.ts";
import { withGitHub } from "../providers.ts";
import type { LoadApp } from "./auth-of.ts";
import { forgeOpener, placeOfUrl } from "./open-forge.ts";

let own: TestDatabase;
let queue: Queue;
let github: FakeGitHub;
let services: IntegrationServices;
const loadApp: LoadApp = () => Promise.reject(new Error("no app is used here"));
const who = { type: "system", id: null, name: "test" } as const;

beforeAll(async () => {
  own = await createTestDatabase();
  queue = await openQueue(own.database, createLog("silent"));
  github = await startFakeGitHub();
  services = {
    database: own.database,
    queue,
    http: openHttpClient({ allowPrivate: "127.0.0.1" }),
    providers: withGitHub(loadApp),
    secretBox: openSecretBox({ secret: randomBytes(32).toString("base64url"), dataDir: "/nowhere" }),
    log: createLog("silent"),
    publicUrl: () => "https://culprit.test",
    storePolicy: { payloadsPerIncident: 10 },
    now: () => new Date(),
  };
});
afterAll(async () => {
  await queue.close(1000);
  await own.drop();
  await github.close();
});

async function newProject(...lists: readonly (readonly string[])[]): Promise<string> {
  const { id: projectId } = await createProject(own.database.db, { name: `p${randomBytes(6).toString("hex")}` });
  for (const [index, repositories] of lists.entries()) {
    const config = { base_url: github.apiUrl, repositories };
    const credentials = { token: github.addToken({ login: "culprit" }) };
    const request = { projectId, type: "github", name: `github ${index}`, config, credentials };
    await createIntegration(services, own.database, who, request);
  }
  return projectId;
}
const open = (projectId: string, repository?: string) => forgeOpener(services, loadApp)(projectId, repository);

test("the integration that names a repository opens it; one that names none opens any", async () => {
  const projectId = await newProject(["acme/shop"], ["acme/lib"]);
  expect((await open(projectId, "Acme/Lib")).repository).toBe("Acme/Lib");
  await expect(open(projectId, "other/repo")).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await open(await newProject([]), "other/repo")).repository).toBe("other/repo");
});

test("without a name it is the registered repository of the same host, else the first that is named", async () => {
  const projectId = await newProject(["acme/shop", "acme/lib"]);
  expect((await open(projectId)).repository).toBe("acme/shop");
  const register = (url: string) =>
    sql`INSERT INTO repositories (id, project_id, url, last_fetched_at) VALUES (${newId()}, ${projectId}, ${url}, now())`.execute(
      own.database.db,
    );
  await register("https://gitlab.example/acme/elsewhere.git");
  expect((await open(projectId)).repository).toBe("acme/shop");
  await register(`${github.webUrl}/acme/lib.git`);
  expect((await open(projectId)).repository).toBe("acme/lib");
});

test("a project without GitHub is told what to do", async () => {
  await expect(open(await newProject())).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: expect.stringContaining("/github/setup"),
  });
});

test("host and name are read from every form of a clone's address, and from no path", () => {
  const place = { host: "github.com", repository: "acme/shop" };
  for (const url of [
    "https://github.com/acme/shop",
    "https://github.com/acme/shop.git",
    "https://user:secret@github.com/acme/shop.git",
    "git@github.com:acme/shop.git",
    "ssh://git@github.com:22/acme/shop",
  ])
    expect(placeOfUrl(url)).toEqual(place);
  for (const url of ["/srv/git/shop", "file:///srv/shop", "https://github.com/acme", "https://github.com/a/b/c"])
    expect(placeOfUrl(url)).toBeNull();
});
