import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ActionBench, openActionBench } from "../../../../test/actions/action-bench.ts";
import type { FakeRepository } from "../../../../test/fakes/github/repository.ts";

let bench: ActionBench;
let repository: FakeRepository;
let count = 0;

beforeAll(async () => {
  bench = await openActionBench();
});
afterAll(async () => {
  expect(bench.github.faults).toEqual([]);
  await bench.close();
});
beforeEach(() => {
  count += 1;
  bench.effects.length = 0;
  bench.clock.now = new Date();
  repository = bench.github.addRepository("acme", `shop-${count}`, {
    "README.md": "# Shop\n",
    "backend/a.ts": "1\n2\n3\n",
  });
});

const lines = (many: number) => Array.from({ length: many }, (_, i) => `line ${i}\n`).join("");
function openPull(files: Readonly<Record<string, string>>, title = "Mend the total") {
  repository.commit("mend", files, { message: "Mend" });
  return repository.openPullRequest({ title, head: "mend" });
}
const run = (name: string, input: object, facts: object = {}) =>
  bench.run(name, input, { executionId: `e${count}`, event: { repository: repository.fullName, number: 1 }, ...facts });
const textsOf = () => [...repository.comments.values()].map(({ body }) => body);

describe("post_comment", () => {
  it("is one comment, whatever dies between sending and storing the answer", async () => {
    openPull({ "a.ts": "x\n" });
    await expect(run("post_comment", { comment: "Hello" }, { diesAfter: "comment" })).rejects.toThrow(
      "the process died",
    );
    const made = await run("post_comment", { comment: "Hello" });
    expect(textsOf()).toHaveLength(1);
    expect(bench.effects.map(({ how }) => how)).toEqual(["sent", "found"]);
    expect(made).toMatchObject({ success: true, comment_url: expect.stringContaining("/1#issuecomment") });
  });

  it("is changed in place by its key, and another key or pull request has its own", async () => {
    openPull({ "a.ts": "x\n" });
    const first = await run("post_comment", { comment: "one", update_key: "summary" }, { executionId: "a" });
    const second = await run("post_comment", { comment: "two", update_key: "summary" }, { executionId: "b" });
    await run("post_comment", { comment: "other", update_key: "risk" }, { executionId: "c" });
    expect(second.comment_id).toBe(first.comment_id);
    expect(textsOf()).toEqual([expect.stringMatching(/^two\n/), expect.stringMatching(/^other\n/)]);
  });

  it("mentions nobody and takes no marker from what an event brought along", async () => {
    openPull({ "a.ts": "x\n" });
    await run("post_comment", { comment: "By @octocat: <!-- culprit:slot-0 --> `@scope/pkg` ${{ secrets.TOKEN }}" });
    expect(textsOf()[0]).toMatch(/^By @\u2060octocat: <!-- slot-0 --> `@scope\/pkg` \$\{\{ secrets\.TOKEN \}\}/);
    await run("post_comment", { comment: "@octocat", allow_mentions: true }, { executionId: "m" });
    expect(textsOf()[1]).toMatch(/^@octocat/);
  });

  it("says what is missing where no event and no input names the pull request", async () => {
    await expect(run("post_comment", { comment: "x" }, { event: null })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
  });
});

describe("labels", () => {
  it("label_pr names the labels of the changed paths and puts them on only where asked", async () => {
    const pull = openPull({ "backend/a.ts": "1\n", "docs/x.md": "y\n", "app/page.tsx": "z\n" });
    const expected = ["backend", "frontend", "documentation"];
    expect(await run("label_pr", {})).toEqual({ labels_to_add: expected, applied: false });
    expect([...pull.labels]).toEqual([]);
    expect(await run("label_pr", { apply: true }, { executionId: "apply" })).toMatchObject({ applied: true });
    expect([...pull.labels]).toEqual(expected);
  });

  it("label_by_size takes the older size off, and does nothing where it stands already", async () => {
    const pull = openPull({ "a.ts": lines(120) });
    pull.labels.add("size: S");
    expect(await run("label_by_size", {})).toEqual({ size_label: "size: L", lines_changed: 120 });
    expect([...pull.labels]).toEqual(["size: L"]);
    await run("label_by_size", {}, { executionId: "again" });
    expect(bench.effects).toHaveLength(1);
  });

  it("add_labels takes off a label that is not there without complaint", async () => {
    const pull = openPull({ "a.ts": "x\n" });
    expect(await run("add_labels", { add: ["b"], remove: ["gone"] })).toEqual({ added: ["b"], removed: ["gone"] });
    expect([...pull.labels]).toEqual(["b"]);
  });
});

describe("statuses", () => {
  it("set_status stands at the newest commit of the pull request, its line cut", async () => {
    const { pull } = openPull({ "a.ts": "x\n" });
    await run("set_status", { context: "gate", state: "failure", description: "x".repeat(500) });
    expect(repository.statuses).toEqual([
      expect.objectContaining({ sha: pull.headSha, context: "gate", state: "failure" }),
    ]);
    expect(repository.statuses[0]?.description?.length).toBe(140);
  });

  it("react_to_comment and close_issue do what they say", async () => {
    const issue = repository.openIssue({ title: "Old" });
    const comment = repository.comment(issue.number, "look");
    await run("react_to_comment", { comment_id: comment.id, reaction: "eyes" });
    await run("close_issue", { reason: "not_planned" });
    expect(repository.reactions).toMatchObject([{ comment: comment.id, content: "eyes" }]);
    expect(issue).toMatchObject({ state: "closed", stateReason: "not_planned" });
  });
});

describe("what reviews say", () => {
  it("pr_review_analyzer reads the forge where nothing is given", async () => {
    openPull({ "src/auth/login.ts": lines(50) });
    repository.review(1, "CHANGES_REQUESTED", "ann", "this is wrong");
    repository.comment(1, "why?", "ann", "src/auth/login.ts");
    const found = await run("pr_review_analyzer", {});
    expect(found).toMatchObject({
      pr_number: 1,
      review_count: 1,
      requested_changes_count: 1,
      review_commenters: ["ann"],
    });
    expect(found.summary).toBe(
      "PR #1 has received 1 reviews (0 approvals, 1 change requests). There are 1 review comments from 1 different reviewers.",
    );
    expect(found.risk_score).toBeGreaterThan(0.3);
    expect(found.sentiment_score).toBeLessThan(0);
    expect(found.review_duration_hours).not.toBeNull();
  });

  it("pr_review_analyzer takes GitHub's own objects and the findings of tools in their words", async () => {
    const found = await run("pr_review_analyzer", {
      pr_number: 9,
      reviews_data: [
        { user: { login: "a" }, state: "APPROVED", body: null, submitted_at: "2026-01-01T02:00:00Z", extra: 1 },
      ],
      comments_data: [],
      pr_data: { state: "closed", merged: true, created_at: "2026-01-01T00:30:00Z" },
      review_data: { typescript_check: { errors: [{ message: "TS2345", file: "a.ts", line: 3, code: 2345 }] } },
    });
    expect(found).toMatchObject({
      pr_number: 9,
      review_duration_hours: 1.5,
      should_block_merge: true,
      affected_files: ["a.ts"],
      ai_assignments: { issue_1: "charlie" },
    });
    expect(found.summary).toMatch(/successfully merged\.$/);
  });

  it("ai_comment_analyzer answers by the documented words alone", async () => {
    expect(await run("ai_comment_analyzer", { comment_body: "please fix" })).toMatchObject({
      intent: "fix_request",
      auto_fixable: true,
      confidence: 0.6,
    });
  });

  it("summarize_pr keeps hostile titles as text", async () => {
    openPull(
      { "server/a.ts": "x\n", "server/b.ts": "y\n" },
      "Hi @all <script>alert(1)</script> [x](javascript:1) ${{ secrets.A }} #1",
    );
    const { markdown, areas } = await run("summarize_pr", {});
    expect(areas).toEqual([{ area: "server", files: 2, additions: 2, deletions: 0 }]);
    expect(markdown).not.toMatch(/@all|(?<!\\)<script|(?<!\\)\]\(javascript|#1\b/);
    expect(markdown).toContain("${{ secrets.A }}".replace(/[{}]/g, "\\$&").replace("$", "\\$"));
  });
});

describe("release_notes", () => {
  it("lists what was merged since the tag before, and makes one release whatever dies", async () => {
    repository.tags.set("v1", repository.branches.get("main") ?? "");
    openPull({ "a.ts": "x\n" }, "feat: a door");
    repository.mergePullRequest(1);
    repository.tags.set("v2", repository.branches.get("main") ?? "");
    const facts = { event: { repository: repository.fullName, tag: "v2" } };
    const found = await run("release_notes", {}, facts);
    expect(found).toMatchObject({ from: "v1", to: "v2", change_count: 1, release_url: null });
    expect(found.notes).toMatch(/## New\n\n- a door \(#1/);
    await expect(run("release_notes", { publish: "release" }, { ...facts, diesAfter: "release:v2" })).rejects.toThrow();
    await run("release_notes", { publish: "release" }, facts);
    expect(repository.releases).toHaveLength(1);
  });

  it("a tag that is an option of git is refused", async () => {
    await expect(run("release_notes", { to: "--output=x", from: "v1" })).rejects.toThrow(/tag, branch or commit/);
  });
});

describe("stale_closer", () => {
  const day = 86_400_000;
  const ago = (days: number) => new Date(Date.now() - days * day).toISOString().replace(/\.\d+Z$/, "Z");

  it("marks the old, leaves pinned ones and pull requests, and only says so in a dry run", async () => {
    repository.openIssue({ title: "old", updatedAt: ago(100) });
    repository.openIssue({ title: "pinned", updatedAt: ago(100), labels: ["pinned"] });
    repository.openIssue({ title: "new", updatedAt: ago(3) });
    repository.commit("x", { x: "1" }, { message: "x" });
    repository.openPullRequest({ title: "pull", head: "x", updatedAt: ago(100) });
    expect(await run("stale_closer", { dry_run: true })).toEqual({ marked: [1], closed: [], revived: [] });
    expect(repository.comments.size).toBe(0);
    expect(await run("stale_closer", {})).toEqual({ marked: [1], closed: [], revived: [] });
    expect([...(repository.issues.get(1)?.labels ?? [])]).toEqual(["stale"]);
    expect(textsOf()[0]).toContain("closed in 7 days");
  });

  it("closes what stayed silent after the mark, and revives what somebody answered", async () => {
    const silent = repository.openIssue({ title: "silent", updatedAt: ago(100) });
    const answered = repository.openIssue({ title: "answered", updatedAt: ago(100) });
    await run("stale_closer", {});
    repository.comment(answered.number, "it still matters", "octocat");
    for (const issue of [silent, answered]) issue.updatedAt = ago(8);
    expect(await run("stale_closer", {}, { executionId: "later" })).toEqual({ marked: [], closed: [1], revived: [2] });
    expect(silent).toMatchObject({ state: "closed", stateReason: "not_planned" });
    expect([...answered.labels]).toEqual([]);
  });
});
