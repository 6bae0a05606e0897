import { describe, expect, it } from "vitest";
import { parseDiff } from "../diff/parse-diff.ts";
import { analyzeComment } from "./analyze-comment.ts";
import { analyzeReviews, type ReviewFacts } from "./analyze-reviews.ts";
import { labelsOfPaths } from "./path-labels.ts";
import { analyzeFindings, type Finding } from "./phase-one.ts";
import { asCode, asPlainText } from "./plain-text.ts";
import { releaseNotes } from "./release-notes.ts";
import { riskOf } from "./risk-score.ts";
import { sentimentOf } from "./sentiment.ts";
import { sizeLabelOf } from "./size-label.ts";
import { issuesIn, summarizeChanges } from "./summarize-changes.ts";
import { type PastIncident, touchedIncidents } from "./touched-incidents.ts";

const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));
const none: ReviewFacts = { prNumber: 7, reviews: [], comments: [], pullRequest: null, files: null };

describe("analyzeReviews", () => {
  it("counts and words it as documented", () => {
    const found = analyzeReviews({
      ...none,
      reviews: [
        { author: "ann", state: "CHANGES_REQUESTED", body: "This is broken", submittedAt: at(3) },
        { author: "bob", state: "APPROVED", body: "Looks great, thanks", submittedAt: at(5) },
        { author: "bob", state: "COMMENTED", body: "", submittedAt: at(9) },
      ],
      comments: [
        { author: "ann", body: "nit", isOnCode: true },
        { author: "ann", body: "nit", isOnCode: true },
        { author: "cy", body: "hello", isOnCode: false },
      ],
      pullRequest: { state: "closed", isMerged: true, reviewAskedAt: at(1), createdAt: at(0) },
    });
    expect(found.summary).toBe(
      "PR #7 has received 3 reviews (1 approvals, 1 change requests). There are 2 review comments from 1 different reviewers. This PR has been successfully merged.",
    );
    expect(found.recommendations).toEqual(["There are 1 change requests that need to be addressed."]);
    expect(found).toMatchObject({ reviewCount: 3, commentCount: 3, reviewCommentCount: 2, reviewCommenters: ["ann"] });
    expect(found.reviewDurationHours).toBe(4);
  });

  it("recommends what the document says for no review, no approval and all well", () => {
    expect(analyzeReviews(none).recommendations).toEqual([
      "This PR hasn't been reviewed yet. Consider requesting reviews from team members.",
    ]);
    const review = (state: string) => [{ author: "a", state, body: "", submittedAt: null }];
    expect(analyzeReviews({ ...none, reviews: review("COMMENTED") }).recommendations).toEqual([
      "Consider addressing the remaining review comments to get an approval.",
    ]);
    expect(analyzeReviews({ ...none, reviews: review("APPROVED") }).recommendations).toEqual([
      "No specific recommendations at this time.",
    ]);
  });

  it("gives no duration, sentiment or risk where nothing tells it", () => {
    expect(analyzeReviews(none)).toMatchObject({ reviewDurationHours: null, sentimentScore: null, risk: null });
  });

  it("holds only standing change requests against the risk", () => {
    const files = [{ path: "a.ts", additions: 1, deletions: 0 }];
    const asked = { author: "ann", state: "CHANGES_REQUESTED", body: "", submittedAt: at(1) };
    const approved = { author: "ann", state: "APPROVED", body: "", submittedAt: at(2) };
    const [before, after] = [[asked], [approved, asked]].map(
      (reviews) => analyzeReviews({ ...none, reviews, files }).risk?.score ?? 0,
    );
    expect((before ?? 0) - (after ?? 0)).toBeCloseTo(0.1, 5);
  });
});

describe("sentimentOf", () => {
  it("turns with a negation and passes over code, quotes and addresses", () => {
    expect(sentimentOf(["Great work, very clean"])).toBeGreaterThan(0.5);
    expect(sentimentOf(["This is not good"])).toBeLessThan(0);
    expect(sentimentOf(["Not bad"])).toBeGreaterThan(0);
    expect(sentimentOf(["This doesn’t break anything"])).toBeGreaterThan(0);
    expect(sentimentOf(["> broken\n`error` ```\nfail\n``` https://x/bug"])).toBeNull();
  });
});

describe("riskOf", () => {
  it("grows with size, sensitive paths and change requests, and stays within 1", () => {
    const file = (path: string, additions: number, deletions = 0) => ({ path, additions, deletions });
    const small = riskOf({ files: [file("README.md", 2)], changeRequests: 0 });
    const large = riskOf({
      files: [file("src/auth/login.ts", 5000, 4000), file("migrations/1.sql", 9)],
      changeRequests: 9,
    });
    expect(small.level).toBe("low");
    expect(large).toMatchObject({ level: "high" });
    expect(large.score).toBeLessThanOrEqual(1);
    expect(large.reasons.join()).toContain("authentication, database schema");
  });
});

describe("analyzeFindings", () => {
  const finding = (parts: Partial<Finding>): Finding => ({
    category: "bug",
    severity: "medium",
    title: "t",
    description: "",
    file: "a.ts",
    line: 1,
    suggestion: null,
    confidence: 0.8,
    tags: [],
    source: "coderabbit",
    ...parts,
  });
  it("counts the same finding of two tools once, keeps the higher severity and the threshold", () => {
    const found = analyzeFindings(
      [
        finding({}),
        finding({ source: "copilot", severity: "high", title: "T" }),
        finding({ line: 2, severity: "low" }),
      ],
      "medium",
    );
    expect(found.issuesFound).toHaveLength(1);
    expect(found.issuesFound[0]?.severity).toBe("high");
    expect(found).toMatchObject({ belowThreshold: 1, shouldBlockMerge: false, affectedFiles: ["a.ts"] });
  });
  it("blocks for a critical one, a type error, and a high one in a sensitive path", () => {
    expect(analyzeFindings([finding({ severity: "critical" })], "medium").shouldBlockMerge).toBe(true);
    expect(analyzeFindings([finding({ source: "typescript_check" })], "medium").shouldBlockMerge).toBe(true);
    expect(analyzeFindings([finding({ severity: "high", file: "src/auth/token.ts" })], "medium").shouldBlockMerge).toBe(
      true,
    );
    expect(analyzeFindings([finding({ severity: "high" })], "medium").shouldBlockMerge).toBe(false);
  });
});

describe("analyzeComment", () => {
  it("follows the document's words", () => {
    expect(analyzeComment({ body: "Please remove this" })).toMatchObject({
      intent: "fix_request",
      autoFixable: true,
      confidence: 0.6,
      suggestedActions: ["create_issue"],
      issuePriority: "medium",
      tags: ["needs-review"],
    });
    expect(analyzeComment({ body: "Is that right?" }).intent).toBe("question");
    expect(analyzeComment({ body: "I would do it otherwise" })).toMatchObject({
      intent: "suggestion",
      autoFixable: false,
    });
    expect(analyzeComment({ body: "> fix that\nfixture data is nice" }).intent).toBe("suggestion");
  });
  it("takes a replacement only from a reviewer's own suggestion block, at a line that stands once", () => {
    const body = "```suggestion\nconst a = 2;\n```";
    const diffHunk = "@@ -1 +1 @@\n-const a = 0;\n+const a = 1;";
    expect(analyzeComment({ body, diffHunk, fileContent: "const a = 1;\nx" })).toMatchObject({
      searchBlock: "const a = 1;",
      replaceBlock: "const a = 2;",
      autoFixable: true,
    });
    expect(analyzeComment({ body, diffHunk, fileContent: "const a = 1;\nconst a = 1;" })).toMatchObject({
      searchBlock: null,
      replaceBlock: null,
    });
    expect(analyzeComment({ body: "fix it please" }).replaceBlock).toBeNull();
  });
});

describe("labels", () => {
  it("gives every path its documented label, each once, and own rules after them", () => {
    expect(
      labelsOfPaths([
        "backend/a.py",
        "web/components/x.tsx",
        "shared/y",
        "tests/z",
        "README.md",
        ".github/workflows/ci.yml",
      ]),
    ).toEqual(["backend", "frontend", "shared", "tests", "documentation", "ci/cd"]);
    expect(labelsOfPaths(["infra/a.tf", "backend/x"], { infra: ["infra/"] })).toEqual(["backend", "infra"]);
    expect(labelsOfPaths(["mybackend.ts"])).toEqual([]);
  });
  it("sizes by the documented limits", () => {
    expect([0, 9, 10, 99, 100, 499, 500].map(sizeLabelOf)).toEqual([
      "size: S",
      "size: S",
      "size: M",
      "size: M",
      "size: L",
      "size: L",
      "size: XL",
    ]);
  });
});

describe("texts from outside", () => {
  it("mention nobody, link nothing and stay one line", () => {
    const text = asPlainText(
      "Hi @octocat\n# see #12 and owner/repo#3 GH-4 [x](https://evil.example) <img src=x> www.evil.example deadbeefcafe",
    );
    expect(text).not.toMatch(/@octocat|#12|#3|GH-4|https:\/\/|www\.|(?<!\\)<img|deadbeefcafe/);
    expect(text).not.toContain("\n");
    expect(text).toContain("octocat");
  });
  it("can't leave a code span", () => {
    expect(asCode("a`b`` c")).toBe("```a`b`` c```");
    expect(asCode("`")).toBe("`` ` ``");
    expect(asCode("a\nb")).toBe("`a b`");
  });
});

describe("summarizeChanges", () => {
  it("groups files by area and names the closed issues", () => {
    const summary = summarizeChanges({
      title: "Speed up @everyone ${{ secrets.X }}",
      body: "Closes #4, see #5. fixes: #6",
      files: [
        { path: "server/src/a.ts", status: "modified", additions: 10, deletions: 2 },
        { path: "server/src/deep/b.ts", status: "added", additions: 5, deletions: 0 },
        { path: "README.md", status: "modified", additions: 1, deletions: 1 },
      ],
      commits: ["one", "two | three"],
    });
    expect(summary.areas).toEqual([
      { area: "server/src", files: 2, additions: 15, deletions: 2 },
      { area: "(root)", files: 1, additions: 1, deletions: 1 },
    ]);
    expect(summary).toMatchObject({ linesChanged: 19, size: "size: M", linkedIssues: [4, 6] });
    expect(summary.markdown).not.toContain("@everyone");
    expect(summary.markdown).toContain("secrets.X");
    expect(issuesIn("prefixes #9, Resolved #10")).toEqual([10]);
  });
});

describe("releaseNotes", () => {
  it("sorts by label, then by prefix, and folds dependency updates", () => {
    const change = (title: string, parts: object = {}) => ({
      number: 1,
      title,
      author: "ann",
      sha: "abc",
      labels: [],
      ...parts,
    });
    const notes = releaseNotes(
      [
        change("feat: a door"),
        change("fix(core)!: gone"),
        change("Mend it", { labels: ["bug"] }),
        change("bump x", { author: "dependabot[bot]" }),
        change("say @all", { number: null, sha: "0123456789abcdef" }),
      ],
      { from: "v1", to: "v2" },
    );
    expect(notes).toMatch(
      /## Breaking changes\n\n- gone[\s\S]*## New\n\n- a door[\s\S]*## Mended\n\n- Mend it[\s\S]*## Other/,
    );
    expect(notes).toContain("1 update of dependencies");
    expect(notes).not.toContain("@all");
    expect(releaseNotes([], { from: null, to: "v1" })).toContain("Nothing was merged.");
  });
});

describe("touchedIncidents", () => {
  const now = at(0);
  const past = (parts: Partial<PastIncident>): PastIncident => ({
    id: "inc_1",
    title: "boom",
    status: "resolved",
    severity: "critical",
    occurredAt: now,
    isRegression: false,
    frames: [
      { path: "src/a.ts", line: 12, function: "Cart.total" },
      { path: "src/b.ts", line: 3, function: "pay" },
    ],
    culprit: null,
    evidenceIds: [],
    ...parts,
  });
  const diff = (path: string, line: number, section: string) =>
    parseDiff(
      `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -${line},1 +${line},1 @@ ${section}\n-old\n+new\n`,
    );

  it("weighs the failing line over its function over its file, and leaves others out", () => {
    const weights = [
      diff("src/a.ts", 12, ""),
      diff("src/a.ts", 90, "total() {"),
      diff("src/a.ts", 90, "other() {"),
    ].map((files) => touchedIncidents(files, [past({})], now)[0]?.weight ?? 0);
    expect(weights).toEqual([0.9, 0.8, 0.4]);
    expect(touchedIncidents(diff("src/c.ts", 1, ""), [past({})], now)).toEqual([]);
  });

  it("weighs a confirmed culprit more than a blamed one, and an old incident less", () => {
    const culprit = { commit: "a".repeat(40), isConfirmed: false, paths: ["src/z.ts"] };
    const files = diff("src/z.ts", 1, "");
    const [blamed, confirmed, old] = [
      past({ culprit }),
      past({ culprit: { ...culprit, isConfirmed: true } }),
      past({ culprit, occurredAt: new Date(now.getTime() - 180 * 86_400_000) }),
    ].map((incident) => touchedIncidents(files, [incident], now)[0]?.weight);
    expect([blamed, confirmed, old]).toEqual([0.3, 0.63, 0.15]);
  });
});
