import type { FeedbackEvent } from "@culprit/contract";
import { expect, test } from "vitest";
import { cartHypotheses } from "../../test/fixtures/cart-hypotheses.ts";
import { describeFeedback } from "./describe-feedback.ts";
import { judgementsOf } from "./judgements.ts";

function entry(event_type: FeedbackEvent["event_type"], payload: Record<string, unknown>): FeedbackEvent {
  return {
    id: "fbk_1",
    created_at: "2026-11-20T10:00:00Z",
    actor_type: "user",
    actor_id: "usr_1",
    actor: "mara",
    event_type,
    payload,
  };
}

test("the last word about a hypothesis counts, a set cause is one", () => {
  const events = [
    entry("hypothesis_confirmed", { hypothesis_id: "a" }),
    entry("hypothesis_rejected", { hypothesis_id: "a" }),
    entry("root_cause_set", { root_cause_kind: "hypothesis", hypothesis_id: "b" }),
    entry("root_cause_set", { root_cause_kind: "other" }),
  ];
  expect([...judgementsOf(events)].map(([id, { verdict }]) => [id, verdict])).toEqual([
    ["a", "rejected"],
    ["b", "confirmed"],
  ]);
});

test.each([
  ["hypothesis_confirmed", { hypothesis_id: cartHypotheses[0]?.id }, "confirmed hypothesis 1", null],
  [
    "hypothesis_rejected",
    { hypothesis_id: "hyp_old", reason_code: "wrong_service" },
    "ruled out a hypothesis of an earlier answer",
    "wrong_service",
  ],
  ["root_cause_set", { root_cause_kind: "other", summary: "a full disk" }, "set the cause: another one", "a full disk"],
  [
    "incident_status_changed",
    { from: "triaged", to: "resolved", reason: "x" },
    "moved it from triaged to resolved",
    "x",
  ],
  ["human_note_added", { note_markdown: "look" }, "noted", "look"],
  ["evidence_attached", { source: "manual", ref: "https://wiki" }, "attached evidence", "manual: https://wiki"],
  ["identity_mapping_corrected", { service_key: "a/b/c", revision: "v2" }, "corrected what ran", "a/b/c, v2"],
] as const)("%s is put into words", (type, payload, did, text) => {
  expect(describeFeedback(entry(type, payload), cartHypotheses)).toEqual({ did, text });
});
