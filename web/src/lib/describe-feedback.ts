import type { FeedbackEvent, Hypothesis } from "@culprit/contract";

export interface FeedbackWords {
  /** What was done, as it follows the name of who did it: `confirmed hypothesis 1`. */
  readonly did: string;
  /** What it was done to, or what was said. */
  readonly text: string | null;
}

/** An entry of the log in the words of the page. Everything in it came from outside and is shown as text. */
export function describeFeedback(event: FeedbackEvent, hypotheses: readonly Hypothesis[]): FeedbackWords {
  const { payload } = event;
  const said = (name: string): string | null => {
    const value = payload[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const hypothesis = hypotheses.find(({ id }) => id === payload.hypothesis_id);
  const named = hypothesis === undefined ? "a hypothesis of an earlier answer" : `hypothesis ${hypothesis.rank}`;
  switch (event.event_type) {
    case "hypothesis_confirmed":
      return { did: `confirmed ${named}`, text: said("note") };
    case "hypothesis_rejected":
      return { did: `ruled out ${named}`, text: said("note") ?? said("reason_code") };
    case "root_cause_set": {
      const causes = { hypothesis: named, other: "another one", unknown: "unknown" };
      const kind = said("root_cause_kind") ?? "unknown";
      return {
        did: `set the cause: ${Object.entries(causes).find(([name]) => name === kind)?.[1]}`,
        text: said("summary"),
      };
    }
    case "incident_status_changed":
      return { did: `moved it from ${said("from") ?? "?"} to ${said("to") ?? "?"}`, text: said("reason") };
    case "human_note_added":
      return { did: "noted", text: said("note_markdown") };
    case "evidence_attached":
      return { did: "attached evidence", text: [said("source"), said("ref")].filter(Boolean).join(": ") };
    case "identity_mapping_corrected": {
      const parts = ["service_key", "deployment_event_id", "revision"].map(said);
      return { did: "corrected what ran", text: parts.filter(Boolean).join(", ") };
    }
  }
}
