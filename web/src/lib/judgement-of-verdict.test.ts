import type { FeedbackEvent } from "@culprit/contract";
import { expect, test } from "vitest";
import { judgementOfVerdict } from "./judgement-of-verdict.ts";

const answer = { leadingId: "hyp_1", reportedAt: "2026-11-20T10:00:00Z" };
const before = "2026-11-20T09:00:00Z";
const after = "2026-11-20T11:00:00+00:00";

function said(
  event_type: FeedbackEvent["event_type"],
  payload: Record<string, unknown>,
  created_at = after,
): FeedbackEvent {
  return { id: "fbk_1", created_at, actor_type: "user", actor_id: "usr_1", actor: "mara", event_type, payload };
}

test.each<[string, readonly FeedbackEvent[], "confirmed" | "rejected" | undefined]>([
  ["nothing was said", [], undefined],
  ["its first hypothesis was ruled out", [said("hypothesis_rejected", { hypothesis_id: "hyp_1" })], "rejected"],
  ["its first hypothesis was confirmed", [said("hypothesis_confirmed", { hypothesis_id: "hyp_1" })], "confirmed"],
  [
    "it was ruled out and then confirmed",
    [said("hypothesis_rejected", { hypothesis_id: "hyp_1" }), said("hypothesis_confirmed", { hypothesis_id: "hyp_1" })],
    "confirmed",
  ],
  ["another hypothesis was ruled out", [said("hypothesis_rejected", { hypothesis_id: "hyp_2" })], undefined],
  ["another hypothesis was confirmed", [said("hypothesis_confirmed", { hypothesis_id: "hyp_2" })], undefined],
  ["an earlier answer was ruled out", [said("hypothesis_rejected", { hypothesis_id: "hyp_0" }, before)], undefined],
  ["the cause was set to it", [said("root_cause_set", { hypothesis_id: "hyp_1" })], "confirmed"],
  ["the cause was set to another", [said("root_cause_set", { hypothesis_id: "hyp_2" })], "rejected"],
  ["the cause was set to something else", [said("root_cause_set", { root_cause_kind: "other" })], "rejected"],
  ["that was before this answer", [said("root_cause_set", { root_cause_kind: "other" }, before)], undefined],
  ["a note was written", [said("human_note_added", { note_markdown: "hyp_1" })], undefined],
])("where %s, the answer's standing follows", (_, events, verdict) => {
  expect(judgementOfVerdict(events, answer)?.verdict).toBe(verdict);
});

test("who said the last word is named", () => {
  expect(judgementOfVerdict([said("hypothesis_rejected", { hypothesis_id: "hyp_1" })], answer)).toEqual({
    verdict: "rejected",
    actor: "mara",
  });
});
