import type { EventTrigger } from "@culprit/contract";
import { expect, test } from "vitest";
import { factsOf } from "./event-facts.ts";
import { matchTrigger } from "./match-trigger.ts";

const trigger = (parts: Partial<EventTrigger>): EventTrigger => ({ type: "event", events: ["*"], ...parts });
const match = (parts: Partial<EventTrigger>, type: string, payload: Record<string, unknown>) =>
  matchTrigger(trigger(parts), type, factsOf(type, payload));

test("an event that no name of the trigger covers does not concern it", () => {
  expect(match({ events: ["push", "incident.*"] }, "pull_request.opened", {})).toEqual({ kind: "not_concerned" });
  expect(match({ events: ["push", "incident.*"] }, "incident.opened", {})).toMatchObject({ kind: "matched" });
});

test.each<[Partial<EventTrigger>, string, Record<string, unknown>]>([
  [{ branch: "release/*" }, "push", { branch: "release/1" }],
  [{ branch: "release/*" }, "push", { ref: "refs/heads/release/1" }],
  [{ branch: "main" }, "pull_request.opened", { pull_request: { base: { ref: "main" } } }],
  [{ path: ["docs/**", "*.md"] }, "push", { paths: ["src/a.ts", "README.md"] }],
  [{ environment: "PROD*" }, "incident.opened", { environment: "production" }],
  [{ service: ["cart", "pay*"] }, "incident.opened", { service: "payments" }],
  [{ severity: ["critical", "high"] }, "incident.opened", { severity: "high" }],
  [{ repository: "acme/*" }, "push", { repository: { full_name: "acme/shop" } }],
  [{ author: "!*\\[bot\\]" }, "issue_comment.created", { comment: { user: { login: "ann" } }, issue: {} }],
  [{ label: "area/*" }, "pull_request.labeled", { pull_request: { labels: [{ name: "x" }, { name: "area/ui" }] } }],
  [{ label_substring: "Summar" }, "pull_request.labeled", { label: "please-summarize" }],
  [{ body_substring: "/MAGIC-FIX" }, "issue_comment.created", { body: "hi\n/magic-fix now" }],
  [{ on: "pull_request" }, "issue_comment.created", { issue: { pull_request: {} } }],
  [{ on: "issue" }, "issue_comment.created", { issue: {} }],
  [{ on: "issue" }, "comment", { subject_kind: "issue" }],
])("%j takes %s %j", (parts, type, payload) => {
  expect(match(parts, type, payload)).toMatchObject({ kind: "matched" });
});

test("a near miss names the first matcher that failed, what it asked and what it saw", () => {
  expect(match({ environment: "production", severity: "high" }, "incident.opened", { environment: "staging" })).toEqual(
    {
      kind: "failed",
      matcher: "environment",
      expected: "production",
      seen: ["staging"],
      reason: 'environment must be "production", and it is staging',
    },
  );
  expect(match({ path: ["docs/**"] }, "push", { paths: ["a.ts", "b.ts"] })).toMatchObject({
    matcher: "path",
    reason: 'one path must be "docs/**", and none of its 2 is',
  });
  expect(match({ branch: "main" }, "push", {})).toMatchObject({
    seen: [],
    reason: 'branch must be "main", and the event names none',
  });
  expect(match({ body_substring: "/fix" }, "issue_comment.created", { body: "hello" })).toMatchObject({
    matcher: "body_substring",
    reason: 'its text does not contain "/fix"',
  });
  expect(match({ on: "issue" }, "pull_request.opened", {})).toMatchObject({ matcher: "on", seen: ["pull_request"] });
});

test("a hostile payload of any shape is only compared", () => {
  const payload = JSON.parse(
    '{"branch":{"a":1},"labels":[null,{"name":7},"ok"],"__proto__":{"severity":"high"},"body":5}',
  );
  expect(match({ severity: "high" }, "x", payload)).toMatchObject({ kind: "failed" });
  expect(match({ label: "ok" }, "x", payload)).toMatchObject({ kind: "matched" });
  expect(match({ branch: "*" }, "x", payload)).toMatchObject({ kind: "failed", seen: [] });
});
