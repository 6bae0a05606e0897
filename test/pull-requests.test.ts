import { incidentDetailSchema, type ProjectCreated } from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromPublicId, toPublicId } from "../server/src/platform/ids/ids.ts";
import { eventually, type RunningCulprit, startCulprit } from "./culprit/start-culprit.ts";
import { createTestDatabase, type TestDatabase } from "./database/create-test-database.ts";
import { type FakeGitHub, startFakeGitHub } from "./fakes/github/fake-github.ts";
import { type BrokenProject, createBrokenProject, seedProven } from "./repair/proven-incident.ts";

let culprit: RunningCulprit;
let github: FakeGitHub;
let own: TestDatabase;
let broke: BrokenProject;
beforeAll(async () => {
  own = await createTestDatabase();
  github = await startFakeGitHub();
  broke = createBrokenProject();
  culprit = await startCulprit({ env: { CULPRIT_HTTP_ALLOW_PRIVATE: "127.0.0.1", DATABASE_URL: own.url } });
});
afterAll(async () => {
  await culprit.stop();
  expect(github.faults).toEqual([]);
  await github.close();
  await own.drop();
});

test("asked for at the terminal, the running server opens one through its ledger; a webhook of the merge resolves the incident", async () => {
  const atTerminal = (...args: string[]) => culprit.culprit(...args, "--database-url", own.url);
  const repository = github.addGitRepository("acme", "shop", broke.bare);
  const project = JSON.parse((await atTerminal("project", "create", "shop", "--json")).stdout) as ProjectCreated;
  const ask = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const headers = { authorization: `Bearer ${project.api_key}`, "content-type": "application/json" };
    const reply = await fetch(`${culprit.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as Record<string, unknown>;
  };
  await ask("POST", "/api/repositories", { url: broke.project.folder });
  const secret = "secret-of-the-webhook";
  const integration = await ask("POST", "/api/integrations", {
    ...{ type: "github", name: "github", config: { base_url: github.apiUrl, repositories: ["acme/shop"] } },
    credentials: { token: github.addToken({ login: "culprit" }), webhook_secret: secret },
  });
  const id = toPublicId(
    "inc",
    await seedProven(own.database.db, broke, { projectId: fromPublicId("proj", project.project_id) }),
  );
  const incident = async () => incidentDetailSchema.parse(await ask("GET", `/api/incidents/${id}`));

  expect((await atTerminal("pr", id)).stdout).toMatch(/^exec_/);
  const opened = await eventually(incident, ({ status }) => status === "pr_created", 60_000);
  const [pull] = opened.pull_request.items;
  expect(pull).toMatchObject({ number: 1, state: "open", is_own: true });
  expect((await atTerminal("pr", "show", id)).stdout).toContain("acme/shop#1");
  const { items } = (await ask("GET", "/api/deliveries")) as { items: { kind: string; status: string }[] };
  expect(items.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual(
    ["branch sent", "label sent", "pull_request sent", "review_request sent"].sort(),
  );

  repository.mergePullRequest(1);
  const payload = {
    ...{ action: "closed", number: 1, repository: { full_name: "acme/shop", default_branch: "main" } },
    pull_request: {
      number: 1,
      title: "Mend it",
      merged: true,
      state: "closed",
      head: { ref: pull?.branch, sha: pull?.commit },
      base: { ref: "main" },
    },
    sender: { login: "ada", type: "User" },
  };
  await github.deliver({ url: String(integration.webhook_url), secret, event: "pull_request", payload });
  const resolved = await eventually(incident, ({ status }) => status === "resolved", 60_000);
  expect(resolved.pull_request.items[0]).toMatchObject({ state: "merged" });
});
