import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PullRequestForge } from "../domains/integration/index.ts";
import type { Checkout } from "../domains/repair/index.ts";

/** What the suite does at a forge as other people would: on the fake, or by git on the bare repository behind it. */
export interface ForgeStage {
  readonly forge: PullRequestForge;
  /** The same with a token that may only read. */
  readonly readingForge: PullRequestForge;
  readonly bare: string;
  openCheckout(forge: PullRequestForge): Promise<Checkout>;
  merge(number: number): void;
  closeByHand(number: number): void;
  setStatus(sha: string, context: string, state: "success" | "failure" | "pending"): void;
  review(number: number, login: string, says: "APPROVED" | "CHANGES_REQUESTED"): void;
  addCollaborator(login: string): void;
  facts(number: number): {
    readonly labels: readonly string[];
    readonly reviewers: readonly string[];
    readonly body: string;
  };
}

export interface ForgeUnderTest {
  /** A repository of its own with a commit on main, for each test. */
  stage(): Promise<ForgeStage>;
  /** Answers that the real forge would not give. */
  faults(): readonly string[];
  close(): Promise<void>;
}

/** What every forge does alike, whatever it calls it. Each vendor's test runs it against its fake and real git. */
export function describePullRequestForge(name: string, start: () => Promise<ForgeUnderTest>): void {
  describe(`pull requests at ${name}`, () => {
    let under: ForgeUnderTest;
    let stage: ForgeStage;
    let forge: PullRequestForge;
    beforeAll(async () => {
      under = await start();
    });
    afterAll(async () => {
      expect(under.faults()).toEqual([]);
      await under.close();
    });
    beforeEach(async () => {
      stage = await under.stage();
      forge = stage.forge;
    });
    const inBare = (...args: string[]) =>
      execFileSync("git", ["--git-dir", stage.bare, ...args], { encoding: "utf8" }).trim();
    const author = { name: "Culprit", email: "culprit@example.org" };
    const diff = "diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n";

    async function push(branch = "culprit/inc-1"): Promise<string> {
      const checkout = await stage.openCheckout(forge);
      try {
        const tip = (await checkout.fetchBranch(await forge.defaultBranch())) ?? "";
        const carried = await checkout.carryOver(tip, [diff], tip);
        const tree = carried.kind === "changed" ? carried.tree : "";
        const commit = await checkout.commit({ tree, parent: tip, message: "Mend it\n", author, at: new Date(0) });
        expect(await checkout.push(commit, branch)).toEqual({ kind: "pushed" });
        return commit;
      } finally {
        await checkout.close();
      }
    }
    async function open(branch = "culprit/inc-1") {
      const headSha = await push(branch);
      const asked = { title: "Mend it", body: "Because.", head: branch, base: "main", isDraft: false };
      return { ...(await forge.openPullRequest(asked, "key:1")), headSha };
    }

    test("a branch is pushed by git with the forge's own token, and a pull request is opened from it and found again", async () => {
      expect(await forge.findPullRequest("culprit/inc-1")).toBeNull();
      const { number, url, headSha } = await open();
      expect(inBare("rev-parse", "culprit/inc-1")).toBe(headSha);
      expect(await forge.findPullRequest("culprit/inc-1")).toEqual({ number, url });
      expect(await forge.pullRequestState(number)).toEqual({
        ...{ number, url, title: "Mend it", state: "open", headSha, mergedAt: null, closedAt: null },
        checks: { state: "none", total: 0, failing: [] },
        reviews: { state: "none", approvedBy: [], changesRequestedBy: [] },
      });
      expect(stage.facts(number).body).toMatch(/^Because\.\s+<!-- culprit:key:1 -->$/);
      expect(await forge.openPullRequests(10)).toMatchObject([
        { number, title: "Mend it", headBranch: "culprit/inc-1" },
      ]);
      expect(await forge.changedFiles(number)).toMatchObject([
        {
          path: "a.txt",
          status: "modified",
          additions: 1,
          deletions: 1,
          patch: expect.stringMatching(/^@@ [\s\S]*\+2$/m),
        },
      ]);
      expect((await forge.identity()).email).toMatch(/@/);
    });

    test("a second one from the same branch is refused", async () => {
      await open();
      const again = { title: "Again", body: "", head: "culprit/inc-1", base: "main", isDraft: false };
      await expect(forge.openPullRequest(again, "key:2")).rejects.toMatchObject({
        name: "VendorRefused",
        isWorthRetrying: false,
      });
    });

    test("checks are counted: one that fails outweighs one that runs, the newest of a name counts", async () => {
      const { number, headSha } = await open();
      const checks = async () => (await forge.pullRequestState(number))?.checks;
      stage.setStatus(headSha, "build", "success");
      expect(await checks()).toEqual({ state: "success", total: 1, failing: [] });
      stage.setStatus(headSha, "lint", "pending");
      expect(await checks()).toEqual({ state: "pending", total: 2, failing: [] });
      stage.setStatus(headSha, "build", "failure");
      expect(await checks()).toEqual({ state: "failure", total: 2, failing: ["build"] });
    });

    test("of each reviewer the last word counts", async () => {
      const { number } = await open();
      stage.review(number, "ann", "CHANGES_REQUESTED");
      stage.review(number, "bob", "APPROVED");
      expect((await forge.pullRequestState(number))?.reviews).toEqual({
        state: "changes_requested",
        approvedBy: ["bob"],
        changesRequestedBy: ["ann"],
      });
      stage.review(number, "ann", "APPROVED");
      expect((await forge.pullRequestState(number))?.reviews).toMatchObject({
        state: "approved",
        changesRequestedBy: [],
      });
    });

    test("a merge and a close are told apart, and what is not there is null", async () => {
      const { number } = await open();
      stage.merge(number);
      expect(await forge.pullRequestState(number)).toMatchObject({ state: "merged", mergedAt: expect.any(Date) });
      const other = await open("culprit/inc-2").catch(() => null);
      expect(other).toBeNull();
      expect(await forge.pullRequestState(999)).toBeNull();
      expect(await forge.findPullRequest("culprit/inc-1")).toBeNull();
    });

    test("it is closed with a comment that is found again by its marker alone", async () => {
      const { number } = await open();
      const made = await forge.comment(number, "Mended otherwise.", "key:3");
      expect(await forge.findComment(number, "key:3")).toEqual(made);
      expect(await forge.findComment(number, "key:4")).toBeNull();
      await forge.close(number);
      await forge.close(number);
      expect(await forge.pullRequestState(number)).toMatchObject({
        state: "closed",
        mergedAt: null,
        closedAt: expect.any(Date),
      });
      expect(await forge.findPullRequest("culprit/inc-1")).toBeNull();
    });

    test("labels are put on whether the repository has them or not, and those who can't review are named", async () => {
      const { number } = await open();
      await forge.addLabels(number, ["culprit", "bug"]);
      await forge.addLabels(number, ["culprit"]);
      stage.addCollaborator("ann");
      expect(await forge.requestReviewers(number, ["ann", "stranger"])).toEqual(["stranger"]);
      expect(stage.facts(number)).toMatchObject({ labels: ["culprit", "bug"], reviewers: ["ann"] });
    });

    test("an issue is opened and found by its marker; the author of a commit is told, of an unknown one nobody", async () => {
      expect(await forge.findIssue("key:5")).toBeNull();
      const made = await forge.openIssue({ title: "It fails", body: "Because.", labels: ["culprit"] }, "key:5");
      expect(await forge.findIssue("key:5")).toEqual(made);
      expect(await forge.authorOf(inBare("rev-parse", "main"))).toBe("ada");
      expect(await forge.authorOf("1".repeat(40))).toBeNull();
    });

    test("no line of what is written is an order to the forge", async () => {
      const headSha = await push();
      const hostile = "It fails.\n/close\n  /merge\n> /approve";
      const asked = { title: "/close", body: hostile, head: "culprit/inc-1", base: "main", isDraft: false };
      const { number } = await forge.openPullRequest(asked, "key:1");
      await forge.comment(number, hostile, "key:2");
      await forge.openIssue({ title: "/close", body: hostile, labels: [] }, "key:3");
      expect(await forge.pullRequestState(number)).toMatchObject({ state: "open", headSha });
      expect(stage.facts(number).body.replaceAll("\u2060", "")).toContain(hostile);
    });

    test("a token that may only read is refused in words, by git and by the API", async () => {
      const checkout = await stage.openCheckout(stage.readingForge);
      const tip = (await checkout.fetchBranch("main")) ?? "";
      expect(await checkout.push(tip, "culprit/inc-3")).toEqual({
        kind: "refused",
        reason: expect.stringContaining("403"),
      });
      await checkout.close();
      await push();
      const asked = { title: "Mend it", body: "", head: "culprit/inc-1", base: "main", isDraft: false };
      await expect(stage.readingForge.openPullRequest(asked, "key:6")).rejects.toMatchObject({
        name: "VendorRefused",
        status: 403,
      });
    });
  });
}
