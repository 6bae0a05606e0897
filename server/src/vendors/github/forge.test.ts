import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FakeGitHub, startFakeGitHub } from "../../../../test/fakes/github/fake-github.ts";
import type { FakeRepository } from "../../../../test/fakes/github/repository.ts";
import type { Forge } from "../../domains/integration/forge-port.ts";
import { VendorRefused } from "../../domains/integration/provider-port.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import { openHttpClient } from "../../platform/http-client/open-http-client.ts";
import type { GitHubAuth } from "./connect.ts";
import { openGitHubForge } from "./forge.ts";

const http = openHttpClient({ allowPrivate: "127.0.0.1" });
let fake: FakeGitHub;
let repository: FakeRepository;
let count = 0;

beforeAll(async () => {
  fake = await startFakeGitHub();
});
afterAll(async () => {
  expect(fake.faults).toEqual([]);
  await fake.close();
});
beforeEach(() => {
  count += 1;
  repository = fake.addRepository("acme", `shop-${count}`, { "README.md": "# Shop\n", "src/a.ts": "1\n2\n3\n" });
});

function forgeBy(auth: GitHubAuth): Forge {
  const now = () => new Date();
  return openGitHubForge({ http, auth, baseUrl: fake.apiUrl, now, repository: repository.fullName });
}
function asToken(): Forge {
  return forgeBy({ kind: "token", token: fake.addToken({ login: "culprit-user" }) });
}
function asApp() {
  const app = fake.addApp({ owner: "acme" });
  const installation = fake.install(app, [repository]);
  const forge = forgeBy({ kind: "app", appId: app.id, privateKey: app.privateKey, installationId: installation.id });
  return { app, installation, forge };
}
const doors = [
  ["a token", asToken],
  ["an installation of an app", () => asApp().forge],
] as const;

describe.each(doors)("by %s", (_name, open) => {
  test("a pull request is read with its files, reviews and comments", async () => {
    repository.commit("mend", { "src/a.ts": "1\ntwo\n3\n", "src/b.ts": "new\n" }, { message: "Mend" });
    const { number, pull } = repository.openPullRequest({ title: "Mend it", head: "mend", labels: ["bug"] });
    repository.review(number, "APPROVED", "ann", "fine");
    repository.comment(number, "thanks", "bob");
    repository.comment(number, "why?", "linter[bot]", "src/a.ts");
    const forge = open();
    expect(await forge.pullRequest(number)).toMatchObject({
      number,
      title: "Mend it",
      state: "open",
      isMerged: false,
      author: "octocat",
      labels: ["bug"],
      headBranch: "mend",
      headSha: pull.headSha,
      mergedAt: null,
    });
    expect(await forge.changedFiles(number)).toEqual([
      expect.objectContaining({ path: "src/a.ts", status: "modified", additions: 1, deletions: 1 }),
      expect.objectContaining({ path: "src/b.ts", status: "added", patch: "@@ -0,0 +1,1 @@\n+new" }),
    ]);
    expect(await forge.reviews(number)).toEqual([expect.objectContaining({ author: "ann", state: "APPROVED" })]);
    const comments = await forge.comments(number);
    expect(comments.map(({ author, isBot, path }) => [author, isBot, path])).toEqual([
      ["bob", false, null],
      ["linter[bot]", true, "src/a.ts"],
    ]);
    await forge.react(comments[0]?.id ?? "", "eyes");
    await forge.react(comments[1]?.id ?? "", "eyes");
    expect(repository.reactions.map(({ comment }) => comment)).toEqual([...repository.comments.keys()]);
  });

  test("a comment is found again by its marker and changed in place", async () => {
    const { number } = repository.openIssue({ title: "Broken" });
    const forge = open();
    expect(await forge.findComment(number, "inc:7")).toBeNull();
    for (let i = 0; i < 130; i++) repository.comment(number, `noise ${i}`);
    const posted = await forge.postComment(number, "The cause is …", "inc:7");
    expect(await forge.findComment(number, "inc:7")).toEqual(posted);
    expect(await forge.findComment(number, "inc:70")).toBeNull();
    await forge.updateComment(posted.id, "The cause was …", "inc:7");
    expect(repository.comments.get(Number(posted.id))?.body).toBe("The cause was …\n\n<!-- culprit:inc:7 -->");
  });

  test("a marker that somebody else copied is not taken for Culprit's own", async () => {
    const { number } = repository.openIssue({ title: "Broken", body: "<!-- culprit:key -->" });
    repository.comment(number, "<!-- culprit:key -->", "mallory");
    const forge = open();
    expect(await forge.findComment(number, "key")).toBeNull();
    expect(await forge.findIssue("key")).toBeNull();
  });

  test("an issue is made, found by its marker and closed; labels come and go", async () => {
    const forge = open();
    const issue = { title: "Total is NaN", body: "See.", labels: ["bug"], assignees: ["ann"] };
    const made = await forge.createIssue(issue, "inc:9");
    expect(await forge.findIssue("inc:9")).toEqual(made);
    await forge.addLabels(made.number, ["urgent"]);
    await forge.removeLabel(made.number, "bug");
    await forge.removeLabel(made.number, "bug");
    await forge.closeIssue(made.number, "not_planned");
    expect(repository.issues.get(made.number)).toMatchObject({
      state: "closed",
      stateReason: "not_planned",
      labels: new Set(["urgent"]),
    });
  });

  test("a branch, a file and a pull request are made once, however often it is tried", async () => {
    const forge = open();
    const base = await forge.defaultBranch();
    const tip = (await forge.branchTip(base)) ?? "";
    const file = { path: "docs/new.md", text: "Grüße\n", branch: "culprit/x", message: "Say hello" };
    for (let i = 0; i < 2; i++) {
      await forge.createBranch("culprit/x", tip);
      await forge.putFile(file);
    }
    expect(repository.history((await forge.branchTip("culprit/x")) ?? "")).toHaveLength(2);
    expect(await forge.file("docs/new.md", "culprit/x")).toBe("Grüße\n");
    expect(await forge.filesIn("docs", "culprit/x")).toEqual(["docs/new.md"]);
    expect(await forge.file("docs/new.md", base)).toBeNull();
    const made = await forge.createPullRequest(
      { title: "Hello", body: "", head: "culprit/x", base, isDraft: true },
      "k",
    );
    expect(await forge.findPullRequest("culprit/x")).toEqual(made);
  });

  test("what was merged between two tags is told by its pull requests, newest first", async () => {
    repository.tags.set("v1", repository.resolve("main") ?? "");
    for (const name of ["first", "second"]) {
      repository.commit(name, { [`${name}.txt`]: name }, { message: `wip ${name}`, author: "ann" });
      repository.mergePullRequest(repository.openPullRequest({ title: name, head: name, author: "ann" }).number);
    }
    repository.commit("main", { "x.txt": "x" }, { message: "Straight to main\n\nbody", author: "bob" });
    repository.tags.set("v2", repository.resolve("main") ?? "");
    const forge = open();
    expect((await forge.latestTags(2)).map(({ name }) => name)).toEqual(["v2", "v1"]);
    expect((await forge.mergedBetween("v1", "v2")).map(({ number, title, author }) => [number, title, author])).toEqual(
      [
        [null, "Straight to main", "bob"],
        [2, "second", "ann"],
        [1, "first", "ann"],
      ],
    );
  });

  test("a release is found by its tag, a draft too", async () => {
    const forge = open();
    const draft = await forge.createRelease({ tag: "v3", name: "Three", body: "", isDraft: true });
    expect(await forge.findRelease("v3")).toEqual(draft);
    const out = await forge.createRelease({ tag: "v4", name: "Four", body: "", isDraft: false });
    expect(await forge.findRelease("v4")).toEqual(out);
    expect(await forge.findRelease("v5")).toBeNull();
  });

  test("stale issues come oldest first, up to the limit, and only the untouched ones", async () => {
    for (const day of ["05", "02", "09"]) repository.openIssue({ title: day, updatedAt: `2026-01-${day}T00:00:00Z` });
    const forge = open();
    const titles = async (limit: number) =>
      (await forge.staleIssues(new Date("2026-01-08"), limit)).map(({ title }) => title);
    expect(await titles(10)).toEqual(["02", "05"]);
    expect(await titles(1)).toEqual(["02"]);
  });

  test("who may write is asked of GitHub, and no bot may", async () => {
    repository.collaborators.set("ann", "write").set("bob", "read").set("x[bot]", "write");
    const forge = open();
    expect(await Promise.all(["ann", "bob", "eve", "x[bot]"].map((login) => forge.mayWrite(login)))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test("a repository out of reach is a refusal that no other try mends", async () => {
    fake.state.repositories.delete(repository.fullName);
    await expect(open().pullRequest(1)).rejects.toMatchObject({ status: 404, isWorthRetrying: false });
  });

  test("both rate limits are told with the time to wait", async () => {
    const forge = open();
    await forge.defaultBranch();
    const ordered = (headers: Record<string, string>, message: string) =>
      fake.fail({ operation: "GET /repos/{owner}/{repo}", status: 403, headers, body: { message } });
    const reset = String(Math.ceil(Date.now() / 1000) + 120);
    ordered({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }, "API rate limit exceeded");
    const primary = await failureOf(forge.defaultBranch());
    expect(primary).toMatchObject({ isWorthRetrying: true });
    expect(primary.retryAfterS).toBeGreaterThan(100);
    ordered({ "retry-after": "17" }, "You have exceeded a secondary rate limit");
    expect(await failureOf(forge.defaultBranch())).toMatchObject({ retryAfterS: 17, isWorthRetrying: true });
    ordered({}, "You have exceeded a secondary rate limit");
    expect(await failureOf(forge.defaultBranch())).toMatchObject({ retryAfterS: 60, isWorthRetrying: true });
    ordered({}, "Resource not accessible by integration");
    expect(await failureOf(forge.defaultBranch())).toMatchObject({ retryAfterS: null, isWorthRetrying: false });
  });

  test("a write whose answer was lost, or which a gateway answered, may have been made", async () => {
    const { number } = repository.openIssue({ title: "Broken" });
    const forge = open();
    const operation = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
    fake.fail({ operation, status: 0, isAfterwards: true });
    await expect(forge.postComment(number, "one", "k1")).rejects.toBeInstanceOf(HttpUncertain);
    expect(await forge.findComment(number, "k1")).not.toBeNull();
    fake.fail({ operation, status: 502 });
    await expect(forge.postComment(number, "two", "k2")).rejects.toBeInstanceOf(HttpUncertain);
    expect(await forge.findComment(number, "k2")).toBeNull();
  });

  test("a text over GitHub's limit is cut and says so, its marker whole", async () => {
    const { number } = repository.openIssue({ title: "Long" });
    const forge = open();
    const posted = await forge.postComment(number, "x".repeat(70_000), "long");
    const { body } = repository.comments.get(Number(posted.id)) ?? {};
    expect(body).toHaveLength(65_536);
    expect(body).toMatch(/… cut: .*\n\n<!-- culprit:long -->$/s);
  });
});

test("a check run is made once and then changed, by an app", async () => {
  const { forge } = asApp();
  const sha = repository.resolve("main") ?? "";
  const check = { name: "culprit/gate", sha, conclusion: "failure" as const, title: "No", summary: "Because." };
  const made = await forge.setCheck(check);
  expect(await forge.setCheck({ ...check, conclusion: "success" })).toEqual(made);
  expect(repository.checks).toEqual([expect.objectContaining({ name: "culprit/gate", conclusion: "success" })]);
});

test("with a token, which may not write checks, a commit status says the same", async () => {
  const sha = repository.resolve("main") ?? "";
  const check = { name: "culprit/gate", sha, title: "No", summary: "Because." };
  await asToken().setCheck({ ...check, conclusion: "failure" });
  expect(repository.statuses).toEqual([expect.objectContaining({ context: "culprit/gate", state: "failure" })]);
});

test("an installation's token is used again, and made anew when GitHub no longer takes it", async () => {
  const { forge, installation } = asApp();
  const made = () =>
    fake.requests.filter(
      ({ operation, path }) => operation.includes("access_tokens") && path.includes(`/${installation.id}/`),
    ).length;
  await Promise.all([forge.defaultBranch(), forge.defaultBranch()]);
  expect(made()).toBe(1);
  fake.state.installationTokens.clear();
  await forge.defaultBranch();
  expect(made()).toBe(2);
});

test("a missing permission says what to do", async () => {
  const { forge, installation } = asApp();
  installation.permissions = { metadata: "read", contents: "read" };
  const refused = await failureOf(forge.createIssue({ title: "t", body: "", labels: [], assignees: [] }, "m"));
  expect(refused).toMatchObject({ status: 403, isWorthRetrying: false });
  expect(refused.message).toContain("Grant the missing permission");
});

test("what is no owner/name is refused before anything is asked", () => {
  for (const wrong of ["shop", "../etc", "a/b/c", "acme/..", "acme/sh op"]) {
    const open = () =>
      openGitHubForge({
        http,
        auth: { kind: "nobody" },
        now: () => new Date(),
        repository: wrong,
        baseUrl: fake.apiUrl,
      });
    expect(open).toThrow("Write owner/name");
  }
});

async function failureOf(asked: Promise<unknown>): Promise<VendorRefused> {
  const error = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof VendorRefused) return error;
  throw new Error(`Expected a refusal, got ${String(error)}`);
}
