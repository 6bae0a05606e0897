import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../../../test/fakes/github/fake-github.ts";
import type { Connection } from "../../domains/integration/index.ts";
import { openHttpClient } from "../../platform/http-client/open-http-client.ts";
import { provesProvider } from "../provider-conformance.ts";
import { type Behaviour, type FakeVendor, startFakeVendor } from "../start-fake-vendor.ts";
import { githubProvider } from "./provider.ts";
import type { GitHubConfig, GitHubCredentials } from "./settings.ts";

const provider = githubProvider(() => Promise.reject(new Error("no app of ours is used here")));
const token = "github_pat_a_good_one";
const secret = "shared with the webhook";
const now = new Date("2026-03-01T12:00:00Z");
const signal = AbortSignal.timeout(60_000);

const payload = {
  action: "created",
  comment: { id: 5, body: "/culprit status", user: { login: "ann", type: "User" } },
  issue: { number: 7, title: "Broken", user: { login: "bob" }, labels: [] },
  repository: { full_name: "acme/shop", default_branch: "main" },
  sender: { login: "ann", type: "User" },
};
const body = Buffer.from(JSON.stringify(payload));
const head = {
  event: "issue_comment",
  action: "created",
  repository: "acme/shop",
  default_branch: "main",
  sender: "ann",
  is_bot: false,
  author: "ann",
  subject_kind: "issue",
  number: 7,
  title: "Broken",
  body: "/culprit status",
  state: null,
  url: null,
  branch: null,
  head_branch: null,
  sha: null,
  tag: null,
  labels: [],
  paths: [],
  environment: null,
  is_draft: false,
  is_merged: false,
  comment_id: "5",
  payload,
};

provesProvider(provider, {
  now,
  config: { base_url: "https://github.example.com/api/v3", repositories: ["acme/shop"] },
  credentials: { token, webhook_secret: secret },
  refusedConfigs: [
    { name: "a repository without its owner", config: { repositories: ["shop"] } },
    { name: "an address that is none", config: { base_url: "github" } },
    { name: "a word that the filter does not know", config: { comment_filter: { block: ["x"] } } },
  ],
  refusedCredentials: [
    { name: "a private key that is none", credentials: { private_key: "only-some-words-of-a-key" } },
  ],
  startFake: () => startAsVendor(),
  incoming: {
    signsBody: true,
    otherCredentials: { token, webhook_secret: "another secret" },
    replayWindowS: { skipped: "GitHub signs no time; a delivery is known by its id" },
    deliveries: [
      {
        name: "a comment with a command",
        request: {
          headers: {
            "x-github-event": "issue_comment",
            "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
            "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
          },
          query: {},
          body,
        },
        meanings: [
          { kind: "event", type: "issue_comment.created", subject: "acme/shop#7", payload: head },
          {
            kind: "command",
            command: "status",
            actor: "ann",
            isBot: false,
            subject: "acme/shop#7",
            payload: { ...head, unknown_command: null, is_newcomer: false, auto_reply: null },
          },
        ],
      },
    ],
  },
  tickets: { made: (fake) => (fake as GitHubVendor).issues() },
  health: {
    expired: {
      fake: { kind: "answer", answer: { status: 401, body: { message: "Bad credentials" } } },
      says: /new token/,
    },
    missingScope: {
      fake: {
        kind: "answer",
        answer: { status: 200, headers: { "x-oauth-scopes": "gist, read:user" }, body: { login: "culprit" } },
      },
      says: /lacks repo/,
    },
    revoked: { fake: { kind: "answer", answer: { status: 404, body: { message: "Not Found" } } }, says: /404/ },
  },
});

interface GitHubVendor extends FakeVendor {
  issues(): number;
}

/** The fake GitHub as the suite speaks to fakes: through a door that can misbehave. */
async function startAsVendor(): Promise<GitHubVendor> {
  const github = await startFakeGitHub({ now: () => now });
  const shop = github.addRepository("acme", "shop");
  shop.hooks.push({ url: "https://culprit.example/hooks/x", events: ["push"], isActive: true });
  github.addToken({ login: "culprit", token });
  const door = await startFakeVendor(() => ({ status: 500 }));
  // The fake compiles a schema when it is first asked for it, which takes longer than the suite waits for a check.
  await provider.check(connect(github, { repositories: ["acme/shop"] }, { token, webhook_secret: secret }), signal);
  let how: Behaviour = { kind: "documented" };
  return {
    get url() {
      return how.kind === "documented" ? github.webUrl : door.url;
    },
    requests: [],
    behave: (next) => {
      how = next;
      door.behave(next);
    },
    issues: () => shop.issues.size,
    close: async () => {
      expect(github.faults).toEqual([]);
      await Promise.all([github.close(), door.close()]);
    },
  };
}

function connect(
  github: FakeGitHub,
  config: object,
  credentials: GitHubCredentials,
): Connection<GitHubConfig, GitHubCredentials> {
  return {
    integrationId: "0190a000-0000-7000-8000-000000000001",
    projectId: "0190a000-0000-7000-8000-000000000002",
    config: provider.config.parse({ base_url: github.apiUrl, ...config }),
    credentials,
    http: openHttpClient({ allowPrivate: "127.0.0.1" }),
    now: () => now,
  };
}

test("a token that expires within a week, and a repository without a webhook, are said before they hurt", async () => {
  const github = await startFakeGitHub({ now: () => now });
  github.addRepository("acme", "shop");
  const soon = github.addToken({ login: "culprit", expiresAt: new Date("2026-03-04T12:00:00Z") });
  const config = { repositories: ["acme/shop"] };
  expect(await provider.check(connect(github, config, { token: soon }), signal)).toMatchObject({
    status: "degraded",
    reason: expect.stringContaining("expires in 3 days"),
  });
  expect(await provider.check(connect(github, config, { token: soon, webhook_secret: secret }), signal)).toMatchObject({
    status: "degraded",
    reason: expect.stringContaining("no active webhook"),
  });
  const narrow = github.addToken({ login: "culprit", permissions: { metadata: "read", contents: "read" } });
  expect(await provider.check(connect(github, config, { token: narrow }), signal)).toMatchObject({
    status: "unhealthy",
    reason: expect.stringMatching(/acme\/shop: .*needs contents, issues/),
  });
  expect(github.faults).toEqual([]);
  await github.close();
});

test("of an app: installed, suspended, permissions missing, no webhook, removed", async () => {
  const github = await startFakeGitHub({ now: () => now });
  const shop = github.addRepository("acme", "shop");
  const { appEvents, appPermissions } = await import("./app-permissions.ts");
  const app = github.addApp({
    owner: "acme",
    events: appEvents,
    permissions: appPermissions,
    hookUrl: "https://c.example/hooks/github/1",
  });
  const installation = github.install(app, [shop]);
  const config = { app_id: app.id, installation_id: installation.id };
  const check = () => provider.check(connect(github, config, { private_key: app.privateKey }), signal);
  expect(await check()).toEqual({ status: "healthy", reason: "The app is installed on acme with all it needs." });
  app.hookUrl = "";
  expect(await check()).toMatchObject({ status: "degraded", reason: expect.stringContaining("no webhook address") });
  installation.permissions = { metadata: "read", issues: "read" };
  expect(await check()).toMatchObject({ status: "degraded", reason: expect.stringContaining("issues: write") });
  installation.suspendedAt = "2026-02-01T00:00:00Z";
  expect(await check()).toMatchObject({ status: "unhealthy", reason: expect.stringContaining("suspended") });
  github.state.installations.delete(installation.id);
  expect(await check()).toMatchObject({
    status: "unhealthy",
    reason: expect.stringContaining("install the app again"),
  });
  expect(github.faults).toEqual([]);
  await github.close();
});
