import { incidentPullRequestsSchema } from "@culprit/contract";
import { expect, test } from "vitest";
import { pullRequestLines } from "./pr.ts";

test("the command that pr show ends with can be run as it stands", () => {
  const none = incidentPullRequestsSchema.parse({
    mode: "suggest",
    items: [],
    last_decision: null,
    blocked: null,
    outdated_reason: null,
  });
  expect(pullRequestLines("inc_1", none).at(-1)).toMatch(/: culprit pr inc_1$/);
  const outdated = { ...none, outdated_reason: "Of an earlier conclusion." };
  expect(pullRequestLines("inc_1", outdated)).toEqual([
    "Of an earlier conclusion.",
    expect.stringMatching(/: culprit pr inc_1 --outdated$/),
  ]);
});
