import { expect, test } from "vitest";
import { connectTo, noSignal, someRequest, testNow } from "../shared/connect.fixture.ts";
import { tailOfLog } from "../shared/deployment-alert.ts";
import { startFakeVendor } from "../start-fake-vendor.ts";
import { incoming } from "./incoming.ts";
import { githubProvider } from "./provider.ts";

const provider = githubProvider(async () => Promise.reject(new Error("no app here")));
const config = (more: object = {}) => provider.config.parse(more);
const alertsOf = (event: string, payload: object, settings: object = {}) => {
  const delivery = incoming.read(
    someRequest(JSON.stringify(payload), { "x-github-event": event, "x-github-delivery": "1" }),
  );
  return incoming.map(delivery, config(settings), testNow).flatMap((one) => (one.kind === "alert" ? [one.alert] : []));
};
const repository = { full_name: "acme/shop", default_branch: "main", html_url: "https://github.com/acme/shop" };
const run = (more: object = {}) => ({
  action: "completed",
  repository,
  workflow_run: {
    ...{ id: 77, name: "Deploy", head_branch: "main", head_sha: "b".repeat(40), conclusion: "failure", event: "push" },
    ...{ html_url: "https://github.com/acme/shop/actions/runs/77", updated_at: "2026-01-01T11:59:00Z", ...more },
  },
});
const status = (state: string) => ({
  action: "created",
  repository,
  deployment: { id: 5, sha: "b".repeat(40), ref: "main", environment: "production" },
  deployment_status: {
    state,
    description: "the pods never became ready",
    environment: "production",
    created_at: "2026-01-01T11:59:30Z",
  },
});

test("a failed run of the default branch and a failed deployment open an incident, and their success ends it", () => {
  expect(alertsOf("workflow_run", run())).toMatchObject([
    {
      ...{ status: "firing", fingerprint: "github:deployment:acme/shop: Deploy on main", severity: "high" },
      ...{ title: "Deployment failed: acme/shop: Deploy on main", url: "https://github.com/acme/shop/actions/runs/77" },
      labels: { run: "77", commit: "b".repeat(40) },
    },
  ]);
  expect(alertsOf("workflow_run", run({ conclusion: "success" }))).toMatchObject([
    { status: "resolved", fingerprint: "github:deployment:acme/shop: Deploy on main" },
  ]);
  for (const state of ["failure", "error"])
    expect(alertsOf("deployment_status", status(state))).toMatchObject([
      { status: "firing", environment: "production", description: "the pods never became ready" },
    ]);
  expect(alertsOf("deployment_status", status("success"))).toMatchObject([{ status: "resolved" }]);
});

test("a status and an attempt of a run have an id of their own, whatever delivery tells of them", () => {
  const told = status("failure");
  const withId = { ...told, deployment_status: { ...told.deployment_status, id: 91 } };
  expect(alertsOf("deployment_status", withId)).toMatchObject([{ noticeId: "deployment_status:91" }]);
  expect(alertsOf("workflow_run", run({ run_attempt: 2 }))).toMatchObject([{ noticeId: "workflow_run:77:2" }]);
  expect(alertsOf("deployment_status", told)[0]).not.toHaveProperty("noticeId");
});

test("runs of pull requests, other branches, cancelled runs and deployments under way open nothing, unless the settings say so", () => {
  expect(alertsOf("workflow_run", run({ event: "pull_request" }))).toEqual([]);
  expect(alertsOf("workflow_run", run({ head_branch: "try" }))).toEqual([]);
  expect(alertsOf("workflow_run", run({ head_branch: "try" }), { deployment_failures: "all" })).toHaveLength(1);
  expect(alertsOf("workflow_run", run({ conclusion: "cancelled" }))).toEqual([]);
  expect(alertsOf("workflow_run", { ...run(), action: "requested" })).toEqual([]);
  expect(alertsOf("deployment_status", status("in_progress"))).toEqual([]);
  expect(alertsOf("deployment_status", status("failure"), { deployment_failures: "off" })).toEqual([]);
});

test("the documented form, with the repository within the run and no branch, is a failure too", () => {
  const documented = {
    action: "completed",
    workflow_run: {
      id: 1,
      name: "Pages",
      conclusion: "failure",
      repository: { full_name: "acme/site", html_url: "https://github.com/acme/site" },
    },
  };
  expect(alertsOf("workflow_run", documented)).toMatchObject([{ fingerprint: "github:deployment:acme/site: Pages" }]);
});

test("success is answered as documented", () => {
  const answerOf = (event: string, payload: object) =>
    incoming.answer?.(incoming.read(someRequest(JSON.stringify(payload), { "x-github-event": event })));
  expect(answerOf("deployment_status", status("success"))).toEqual({
    status: 200,
    body: { message: "Deployment succeeded" },
  });
  expect(answerOf("workflow_run", run())).toBeNull();
  expect(answerOf("push", { repository })).toBeNull();
});

test("the failed steps and the end of the job's log are read, the log from elsewhere without the token", async () => {
  const seen: string[] = [];
  const fake = await startFakeVendor(({ path, headers }) => {
    seen.push(`${path} ${headers.authorization === undefined ? "without" : "with"} token`);
    if (path.includes("/actions/runs/77/jobs"))
      return {
        status: 200,
        body: {
          total_count: 1,
          jobs: [
            {
              id: 9,
              name: "deploy",
              conclusion: "failure",
              steps: [
                { name: "Set up", conclusion: "success" },
                { name: "Migrate", conclusion: "failure" },
              ],
            },
          ],
        },
      };
    if (path.includes("/actions/jobs/9/logs"))
      return { status: 302, headers: { location: "https://logs.example.com/9?sig=x" }, body: "" };
    return path.startsWith("/9")
      ? { status: 200, body: '2026-01-01T11:58:00.1Z ##[error]relation "carts" does not exist' }
      : { status: 404 };
  });
  try {
    const connection = connectTo(provider, fake, { config: {}, credentials: { token: "ghp_token_of_somebody" } });
    const delivery = incoming.read(someRequest(JSON.stringify(run()), { "x-github-event": "workflow_run" }));
    const text = await provider.incoming?.excerpt?.(delivery, connection, noSignal);
    expect(text).toContain("Job deploy: Migrate failed.");
    expect(text).toContain('relation "carts" does not exist');
    expect(text).not.toContain("##[error]");
    expect(seen.filter((one) => one.startsWith("/9"))).toEqual([expect.stringContaining("without token")]);
  } finally {
    await fake.close();
  }
});

test("of a log what leads up to its last error is kept", () => {
  const lines = Array.from({ length: 300 }, (_, at) => `line ${at}`);
  lines[200] = "Error: boom";
  const tail = tailOfLog(lines.join("\n")).split("\n");
  expect(tail).toHaveLength(40);
  expect(tail.at(-1)).toBe("line 209");
  expect(tail).toContain("Error: boom");
});
