import { expect, test } from "vitest";
import { provesProvider } from "../provider-conformance.ts";
import { someRequest, testNow } from "../shared/connect.fixture.ts";
import { type FakeRequest, startFakeVendor } from "../start-fake-vendor.ts";
import { mapGitLab } from "./map-delivery.ts";
import { gitlab } from "./provider.ts";

const base_url = "https://git.example.org";
const answering = (status: number) => ({ kind: "answer", answer: { status, body: { message: "no" } } }) as const;
/** https://docs.gitlab.com/api/users and /api/projects: who the token is, and what it may do in a project. */
const documented = ({ path }: FakeRequest) =>
  path === "/api/v4/user"
    ? { status: 200, body: { id: 1, username: "culprit", name: "Culprit" } }
    : {
        status: 200,
        body: {
          id: 3,
          default_branch: "main",
          permissions: { project_access: { access_level: 30, notification_level: 3 }, group_access: null },
        },
      };

const secret = "a-secret-token-of-gitlab";
/** As GitLab's page of webhook events shows it, shortened: https://docs.gitlab.com/user/project/integrations/webhook_events */
const project = { id: 3, path_with_namespace: "acme/team/shop", default_branch: "main" };
const user = { id: 2, name: "Ada", username: "ada" };
const mergeRequest = (action: string, attributes: object = {}) => ({
  ...{
    object_kind: "merge_request",
    event_type: "merge_request",
    user,
    project,
    labels: [{ id: 1, title: "culprit" }],
  },
  object_attributes: {
    ...{ id: 93, iid: 7, title: "Mend it", description: "", state: "opened", action, draft: false },
    ...{ source_branch: "culprit/inc-1", target_branch: "main", last_commit: { id: "a".repeat(40) } },
    ...{ url: "https://git.example.org/acme/team/shop/-/merge_requests/7", ...attributes },
  },
});
const pipeline = (status: string) => ({
  ...{ object_kind: "pipeline", user, project, merge_request: { iid: 7, source_branch: "culprit/inc-1" } },
  object_attributes: { id: 31, ref: "refs/merge-requests/7/head", sha: "a".repeat(40), status },
});
const hook = (payload: object, key = "f5e5f430-f57b-4e6e-9fac-d9128cd7232f") =>
  someRequest(payload, { "x-gitlab-event": "Hook", "x-gitlab-token": secret, "idempotency-key": key });

provesProvider(gitlab, {
  now: testNow,
  config: { base_url, repositories: ["acme/team/shop"] },
  credentials: { token: "glpat-a-token-of-gitlab", webhook_secret: secret },
  refusedConfigs: [
    { name: "no address", config: { base_url: "git" } },
    { name: "what is no project", config: { repositories: ["../shop"] } },
    { name: "a path that climbs", config: { repositories: ["acme/../shop"] } },
    { name: "a name without a group", config: { repositories: ["shop"] } },
  ],
  refusedCredentials: [{ name: "no token", credentials: {} }],
  startFake: () => startFakeVendor(documented),
  incoming: {
    deliveries: [
      {
        name: "a merged merge request",
        request: hook(mergeRequest("merge", { state: "merged" })),
        meanings: ["pull_request.closed", "pull_request.merged"].map((type) => ({
          ...{ kind: "event", type, subject: "acme/team/shop#7" },
          payload: expect.objectContaining({
            ...{
              repository: "acme/team/shop",
              head_branch: "culprit/inc-1",
              is_merged: true,
              number: 7,
              sender: "ada",
            },
          }),
        })),
      },
    ],
    signsBody: false,
    otherCredentials: { token: "glpat-a-token-of-gitlab", webhook_secret: "another-secret" },
    replayWindowS: { skipped: "GitLab sends a secret and no time of sending; a delivery's id is taken once" },
  },
  health: {
    expired: { fake: answering(401), says: /Enter a new token/ },
    missingScope: { fake: answering(403), says: /Enter a new token/ },
    revoked: { skipped: "a token that was revoked is answered as a wrong one" },
  },
});

const meant = (payload: object, repositories: string[] = []) =>
  mapGitLab(
    gitlab.incoming?.read(hook(payload)) as Parameters<typeof mapGitLab>[0],
    gitlab.config.parse({ repositories }),
  );
const typesOf = (payload: object) =>
  meant(payload).map((meaning) => (meaning.kind === "event" ? meaning.type : meaning.kind));

test.each([
  ["open", {}, "pull_request.opened"],
  ["close", { state: "closed" }, "pull_request.closed"],
  ["reopen", {}, "pull_request.reopened"],
  ["update", { oldrev: "b".repeat(40) }, "pull_request.synchronize"],
  ["update", {}, "pull_request.edited"],
  ["approved", {}, "pull_request_review.submitted"],
  ["unapproved", {}, "pull_request_review.dismissed"],
] as const)("a merge request's %s %o is %s", (action, attributes, type) => {
  expect(typesOf(mergeRequest(action, attributes))).toEqual([type]);
});

test("a pipeline that is over is checks of its merge request's branch; one that runs and what is not used are passed over", () => {
  expect(meant(pipeline("failed"))).toMatchObject([
    { type: "check_suite.completed", payload: { head_branch: "culprit/inc-1", state: "failure" } },
  ]);
  expect(typesOf(pipeline("running"))).toEqual(["ignored"]);
  expect(typesOf({ object_kind: "wiki_page", project })).toEqual(["ignored"]);
});

test("a push is one, and another project than those named is passed over", () => {
  const push = {
    object_kind: "push",
    ref: "refs/heads/main",
    after: "c".repeat(40),
    project,
    commits: [{ added: ["a.js"] }],
  };
  expect(meant(push)).toMatchObject([{ type: "push", payload: { branch: "main", paths: ["a.js"] } }]);
  expect(meant(push, ["acme/other"])).toMatchObject([{ kind: "ignored" }]);
});

test("a delivery's id is GitLab's key, and the body's hash where an older GitLab sends none", () => {
  const idOf = (key: string, payload: object) => gitlab.incoming?.read(hook(payload, key)).deliveryId;
  expect(idOf("k-1", mergeRequest("open"))).toBe("k-1");
  expect(idOf("", mergeRequest("open"))).toBe(idOf("", mergeRequest("open")));
  expect(idOf("", mergeRequest("open"))).not.toBe(idOf("", mergeRequest("close")));
});
