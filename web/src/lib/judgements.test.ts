import type { Evidence, FeedbackEvent, Hypothesis } from "@culprit/contract";
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
  expect([...judgementsOf(events, { hypotheses: [], evidence: [] })].map(([id, { verdict }]) => [id, verdict])).toEqual(
    [
      ["a", "rejected"],
      ["b", "confirmed"],
    ],
  );
});

test("what was said of a conclusion in an earlier answer stands in this one, by the evidence that it cites, until something is said of this one", () => {
  const [first, second] = cartHypotheses;
  if (first === undefined || second === undefined) throw new Error("the fixture lacks hypotheses");
  const evidence: Evidence[] = [
    {
      ...{ id: "evd_word", kind: "note", source: "manual", ref: "feedback:fbk_1", title: "A person ruled it out" },
      ...{ snapshot: "who: mara", created_at: "2026-11-20T10:01:00Z" },
    },
  ];
  const word = [{ text: "mara ruled it out", evidence_id: "evd_word" }];
  const hypotheses: Hypothesis[] = [
    { ...first, against: word },
    { ...second, type: "unknown", component: null, for: word },
  ];
  const events = [entry("hypothesis_rejected", { hypothesis_id: "hyp_of_before" })];
  const of = (more: FeedbackEvent[]) => judgementsOf([...events, ...more], { hypotheses, evidence });
  expect(of([]).get(first.id)).toEqual({ verdict: "rejected", actor: "mara" });
  expect(of([]).has(second.id)).toBe(false);
  expect(of([entry("hypothesis_confirmed", { hypothesis_id: first.id })]).get(first.id)?.verdict).toBe("confirmed");
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
