import type { Evidence, Hypothesis, IncidentDetail } from "@culprit/contract";
import { judgementsOf } from "../lib/judgements.ts";
import { EmptyPart } from "../ui/empty-part.tsx";
import { Fold } from "../ui/fold.tsx";
import { Section } from "../ui/section.tsx";
import { EvidenceView } from "./evidence-view.tsx";
import { HypothesisView } from "./hypothesis-view.tsx";
import { isWorking } from "./is-working.ts";
import { useFeedback } from "./use-feedback.ts";

/** What stands in the list; the others, which the evidence bears less, are folded. */
const shownMax = 2;

/** The possible causes, best first, and what else was read on the way. */
export function Hypotheses({ incident }: { readonly incident: IncidentDetail }) {
  const { hypotheses, evidence, culprit_commit: culprit } = incident;
  const ranked = hypotheses.toSorted((a, b) => a.rank - b.rank);
  const byId = new Map(evidence.map((each) => [each.id, each]));
  const { events } = useFeedback(incident.id);
  const judgements = judgementsOf(events, incident);
  const rest = uncited(hypotheses, evidence);
  const [third, ...others] = ranked.slice(shownMax);
  const list = (some: readonly Hypothesis[]) => (
    <ol className="overflow-hidden rounded-lg border border-line bg-panel">
      {some.map((hypothesis) => (
        <li key={hypothesis.id} className="border-t border-line first:border-0">
          <HypothesisView
            hypothesis={hypothesis}
            evidence={byId}
            culprit={culprit}
            isOpen={hypothesis === ranked[0]}
            incidentId={incident.id}
            project={incident.project_id}
            firstAt={incident.first_seen_at}
            judgement={judgements.get(hypothesis.id)}
          />
        </li>
      ))}
    </ol>
  );
  const [first] = ranked;
  const sure = incident.verdict === "inconclusive" ? null : (incident.report?.confidence ?? null);
  return (
    <Section
      id="hypotheses"
      title="Hypotheses"
      aside={
        ranked.length > 0
          ? "best first; confidence is from 0 to 1: how likely it is the cause, of all that could be"
          : undefined
      }
    >
      {ranked.length === 0 ? (
        <EmptyPart>
          {isWorking(incident)
            ? "Evidence is being collected."
            : "No cause was put forward. Say below what you find: later answers learn from it."}
        </EmptyPart>
      ) : (
        list(ranked.slice(0, shownMax))
      )}
      {first && sure !== null && sure > first.confidence && (
        <p className="mt-2 text-[0.8125rem] text-ink-2">
          The verdict’s {sure.toFixed(2)} is how sure it is that the cause lies there; {first.confidence.toFixed(2)} of
          it is for the first explanation, the rest for others of the same component.
        </p>
      )}
      {third && (
        <div className="mt-2">
          <Fold
            // Never closed again by what is said: that would take the focus of who says it.
            isOpen={[third, ...others].some(({ id }) => judgements.has(id))}
            summary={`${others.length + 1} more ${others.length === 0 ? "hypothesis" : "hypotheses"}, with a confidence of at most ${third.confidence.toFixed(2)}`}
          >
            {list([third, ...others])}
          </Fold>
        </div>
      )}
      {rest.length > 0 && (
        <div className="mt-2">
          <Fold
            summary={`${rest.length} more ${rest.length === 1 ? "piece" : "pieces"} of evidence that no claim cites`}
          >
            <ul className="grid gap-4">
              {rest.map((each) => (
                <li key={each.id} className="min-w-0">
                  <EvidenceView evidence={each} project={incident.project_id} firstAt={incident.first_seen_at} />
                </li>
              ))}
            </ul>
          </Fold>
        </div>
      )}
    </Section>
  );
}

/** What fired stands drawn above. */
function uncited(hypotheses: readonly Hypothesis[], evidence: readonly Evidence[]): readonly Evidence[] {
  const cited = new Set(
    hypotheses.flatMap((each) => [...each.for, ...each.against]).map(({ evidence_id }) => evidence_id),
  );
  return evidence.filter(({ id, is_fired }) => !cited.has(id) && is_fired !== true);
}
