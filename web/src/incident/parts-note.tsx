import type { IncidentDetail, IncidentRef } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { VerdictChip } from "../ui/chips.tsx";
import { Time } from "../ui/time.tsx";

const box = "mt-4 rounded-lg border border-edge bg-panel px-4 py-3";

interface PartOfNoteProps {
  readonly whole: IncidentRef;
  readonly decisions: IncidentDetail["decisions"];
}

/** Where the failure goes on, and why the two are one: what is read below was found before they were merged. */
export function PartOfNote({ whole, decisions }: PartOfNoteProps) {
  const why = decisions.findLast(({ decision }) => decision === "merged")?.rationale;
  return (
    <section aria-label="Part of another incident" className={box}>
      <p className="font-semibold [overflow-wrap:anywhere]">
        Part of{" "}
        <Link to="/incidents/$id" params={{ id: whole.id }} className="link">
          {whole.title}
        </Link>
      </p>
      <p className="text-ink-2 [overflow-wrap:anywhere]">
        It is not resolved by itself: what belongs to it goes on there. {why}
      </p>
    </section>
  );
}

/** What turned out to be a part of the incident; their answers and what was said of them stand on their own pages. */
export function PartsNote({ parts }: { readonly parts: IncidentDetail["parts"] }) {
  return (
    <section aria-label="Parts" className={box}>
      <p className="eyebrow">Merged into it</p>
      <ul className="mt-1 grid gap-1">
        {parts.map((part) => (
          <li key={part.id} className="flex flex-wrap items-center gap-x-3 text-[0.8125rem]">
            <Link to="/incidents/$id" params={{ id: part.id }} className="link min-w-0 [overflow-wrap:anywhere]">
              {part.title}
            </Link>
            {part.verdict && <VerdictChip verdict={part.verdict} />}
            <span className="text-ink-3">
              <Time at={part.merged_at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
