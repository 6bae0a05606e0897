import type { FeedbackEvent, IncidentDetail } from "@culprit/contract";
import { describeFeedback } from "../lib/describe-feedback.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";
import { NoteForm } from "./note-form.tsx";
import { useFeedback } from "./use-feedback.ts";

/** What people said about the incident, newest first, and a box to say more. */
export default function Feedback({ incident }: { readonly incident: IncidentDetail }) {
  const { events, error } = useFeedback(incident.id);
  return (
    <Section id="feedback" title="Feedback" aside="kept as it was said; nothing here is changed or removed">
      <NoteForm incidentId={incident.id} />
      {error && <FailureNote error={error} title="The log can't be read." />}
      <ol className="mt-4 grid gap-2.5 text-[0.8125rem]" aria-label="Log">
        {events.toReversed().map((event) => (
          <Entry key={event.id} event={event} hypotheses={incident.hypotheses} />
        ))}
      </ol>
    </Section>
  );
}

interface EntryProps {
  readonly event: FeedbackEvent;
  readonly hypotheses: IncidentDetail["hypotheses"];
}

function Entry({ event, hypotheses }: EntryProps) {
  const { did, text } = describeFeedback(event, hypotheses);
  return (
    <li className="min-w-0">
      <p className="flex items-baseline gap-2">
        <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
          <span className="font-medium">{event.actor}</span> {did}
        </span>
        <span className="text-2xs text-ink-3">
          <Time at={event.created_at} />
        </span>
      </p>
      {text && <p className="whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">{text}</p>}
    </li>
  );
}
