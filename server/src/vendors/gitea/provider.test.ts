import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { provesProvider } from "../provider-conformance.ts";
import { someRequest, testNow } from "../shared/connect.fixture.ts";
import { type FakeRequest, startFakeVendor } from "../start-fake-vendor.ts";
import { mapGitea } from "./incoming.ts";
import { gitea } from "./provider.ts";

const base_url = "https://git.example.org";
const answering = (status: number) => ({ kind: "answer", answer: { status, body: { message: "no" } } }) as const;
/** https://docs.gitea.com/api: who the token is, and what it may do in a repository. */
const documented = ({ path }: FakeRequest) =>
  path === "/api/v1/user"
    ? { status: 200, body: { id: 1, login: "culprit" } }
    : { status: 200, body: { permissions: { admin: false, push: true, pull: true } } };

const secret = "a-secret-of-gitea-s-webhook";
/** As Gitea 1.25 sends it, shortened (modules/structs/hook.go, PullRequestPayload). */
const pull = {
  ...{
    id: 3,
    number: 7,
    title: "Mend it",
    body: "",
    state: "closed",
    html_url: "https://git.example.org/acme/shop/pulls/7",
  },
  ...{ user: { id: 1, login: "culprit" }, merged: true, merged_at: "2026-01-01T11:00:00Z" },
  head: { label: "culprit/inc-1", ref: "culprit/inc-1", sha: "a".repeat(40) },
  base: { label: "main", ref: "main", sha: "b".repeat(40) },
};
const repository = { id: 1, full_name: "acme/shop", default_branch: "main" };
const merged = { action: "closed", number: 7, pull_request: pull, repository, sender: { id: 2, login: "ada" } };
function hook(event: string, payload: object) {
  const body = JSON.stringify(payload);
  return someRequest(body, {
    ...{ "x-gitea-event": event, "x-gitea-delivery": "f6266f16-1bf3-46a5-9ea4-602e06ead473" },
    "x-gitea-signature": createHmac("sha256", secret).update(body).digest("hex"),
  });
}

provesProvider(gitea, {
  now: testNow,
  config: { base_url, repositories: ["acme/shop"] },
  credentials: { token: "a-token-of-gitea", webhook_secret: secret },
  refusedConfigs: [
    { name: "no address", config: {} },
    { name: "what is no repository", config: { base_url, repositories: ["../shop"] } },
  ],
  refusedCredentials: [{ name: "no token", credentials: {} }],
  startFake: () => startFakeVendor(documented),
  incoming: {
    deliveries: [
      {
        name: "a merged pull request",
        request: hook("pull_request", merged),
        meanings: ["pull_request.closed", "pull_request.merged"].map((type) => ({
          ...{ kind: "event", type, subject: "acme/shop#7" },
          payload: expect.objectContaining({ repository: "acme/shop", head_branch: "culprit/inc-1", is_merged: true }),
        })),
      },
    ],
    signsBody: true,
    otherCredentials: { token: "a-token-of-gitea", webhook_secret: "another-secret" },
    replayWindowS: { skipped: "Gitea signs no time of sending; a delivery's id is taken once" },
  },
  health: {
    expired: { fake: answering(401), says: /Enter a new token/ },
    missingScope: { fake: answering(403), says: /Enter a new token/ },
    revoked: { skipped: "a token that was revoked is answered as a wrong one" },
  },
});

const meant = (event: string, payload: object, repositories: string[] = []) =>
  mapGitea(
    gitea.incoming?.read(hook(event, payload)) as Parameters<typeof mapGitea>[0],
    gitea.config.parse({ base_url, repositories }),
  ).map((meaning) => (meaning.kind === "event" ? meaning.type : meaning.kind));

test.each([
  ["pull_request", { action: "synchronized" }, "pull_request.synchronize"],
  ["pull_request", { action: "reopened" }, "pull_request.reopened"],
  ["pull_request_approved", { action: "reviewed" }, "pull_request_review.submitted"],
  ["pull_request_rejected", { action: "reviewed" }, "pull_request_review.submitted"],
  ["issues", { action: "opened" }, "ignored"],
] as const)("%s with %o is %s", (event, action, type) => {
  const open = { ...pull, merged: false, merged_at: null, state: "open" };
  expect(meant(event, { ...merged, ...action, pull_request: event === "issues" ? undefined : open })).toEqual([type]);
});

test("a push is one, and another repository than those named is passed over", () => {
  const push = { ref: "refs/heads/main", after: "c".repeat(40), commits: [], repository };
  expect(meant("push", push)).toEqual(["push"]);
  expect(meant("push", push, ["acme/other"])).toEqual(["ignored"]);
});

test("the same delivery has the same id however often it is sent", () => {
  const read = () => gitea.incoming?.read(hook("pull_request", merged)).deliveryId;
  expect(read()).toBe("f6266f16-1bf3-46a5-9ea4-602e06ead473");
});
