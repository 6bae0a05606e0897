import type { LearningReport, Project } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { readLearning } from "../api/learning-requests.ts";
import { hypothesisWords } from "../lib/words.ts";
import { IncidentTabs } from "../pages/incident-tabs.tsx";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { EmptyPart } from "../ui/empty-part.tsx";
import { Fold } from "../ui/fold.tsx";
import { HowFarBack } from "../ui/how-far-back.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { ReadFailure } from "../ui/read-failure.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import { Section } from "../ui/section.tsx";
import { useTitle } from "../ui/use-title.ts";
import { percent } from "./percent.ts";
import { WeekBars } from "./week-bars.tsx";

/** How right the answers were by what people said, and what was learnt from that. */
export function LearningPage() {
  useTitle("Accuracy");
  const chosen = useProject();
  const [weeks, setWeeks] = useState(12);
  return (
    <>
      <IncidentTabs />
      <PageHead title="Accuracy" note="How right the answers were, by what people said, and what was learnt from it.">
        <HowFarBack value={weeks} choices={[4, 12, 26, 52]} unit="weeks" onChange={setWeeks} />
        <ProjectSelect chosen={chosen} />
      </PageHead>
      <WithProject chosen={chosen}>{(project) => <Learning project={project} weeks={weeks} />}</WithProject>
    </>
  );
}

function Learning({ project, weeks }: { readonly project: Project; readonly weeks: number }) {
  const { data, error } = useQuery({
    queryKey: ["learning", project.id, weeks],
    queryFn: ({ signal }) => readLearning(project.id, weeks, signal),
    refetchInterval: 60_000,
  });
  return (
    <>
      <ReadFailure error={error} hasData={data !== undefined} />
      {!data && !error && <RowsPending label="Loading" />}
      {data && data.total.investigated === 0 && data.priors.length === 0 && <NothingYet />}
      {data && (data.total.investigated > 0 || data.priors.length > 0) && (
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-10">
          <Totals total={data.total} />
          <Section
            id="weeks"
            title="Week by week"
            aside="of the incidents that people judged, how many had the right cause first"
          >
            <WeekBars weeks={data.weeks} />
          </Section>
          <Priors priors={data.priors} />
        </div>
      )}
    </>
  );
}

function Totals({ total }: { readonly total: LearningReport["total"] }) {
  return (
    <dl className="grid gap-x-8 gap-y-4 border-y border-line py-4 sm:grid-cols-2 lg:grid-cols-4">
      <Fact name="Right cause first" value={percent(total.top1)}>
        {total.judged === 0
          ? "nobody has judged an answer yet"
          : `${total.right} of ${total.judged} that people judged`}
      </Fact>
      <Fact name="Wrongly blamed" value={percent(total.false_attribution_rate)}>
        {total.false_attributions} {total.false_attributions === 1 ? "time" : "times"} something was blamed that was not
        it
      </Fact>
      <Fact name="Inconclusive" value={percent(total.inconclusive_rate)}>
        {total.inconclusive} of {total.investigated} had too little evidence to blame anything
      </Fact>
      <Fact name="Judged" value={String(total.judged)}>
        of {total.investigated} that were investigated
      </Fact>
    </dl>
  );
}

function Fact({
  name,
  value,
  children,
}: {
  readonly name: string;
  readonly value: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="min-w-0">
      <dt className="eyebrow">{name}</dt>
      <dd>
        <span className="text-xl font-semibold tracking-tight">{value}</span>
        <span className="block text-xs text-ink-2">{children}</span>
      </dd>
    </div>
  );
}

type Prior = LearningReport["priors"][number];

function Priors({ priors }: { readonly priors: LearningReport["priors"] }) {
  return (
    <Section
      id="priors"
      title="What was learnt"
      aside="each confirmation and each rejection moves later answers a little, never far"
    >
      {priors.length === 0 ? (
        <EmptyPart>
          Nothing yet. It learns when somebody confirms a cause on an incident's page, or rules it out.
        </EmptyPart>
      ) : (
        <DataTable
          label="What was learnt"
          rows={priors}
          keyOf={({ service, type, pattern }) => `${service} ${type} ${pattern}`}
          columns={[
            { name: "Service", cell: ({ service }: Prior) => service ?? "all services" },
            { name: "Cause", cell: ({ type }) => hypothesisWords[type] },
            { name: "Pattern", cell: ({ pattern }) => pattern ?? "any" },
            { name: "Confirmed", isNumber: true, cell: ({ times_confirmed }) => times_confirmed },
            { name: "Ruled out", isNumber: true, cell: ({ times_rejected }) => times_rejected },
            { name: "Weight", isNumber: true, cell: ({ log_odds }) => <Weight value={log_odds} /> },
          ]}
        />
      )}
      {priors.length > 0 && (
        <div className="mt-2">
          <Fold summary="What the weight means">
            <p className="max-w-[72ch] text-[0.8125rem] text-ink-2">
              It is added to the log-odds of such a cause, −1 to 1. A weight of 0.7 makes a cause twice as likely as its
              evidence alone, −0.7 half as likely; evidence of the incident itself weighs more.
            </p>
          </Fold>
        </div>
      )}
    </Section>
  );
}

/** A bar left or right of the middle, with the figure beside it. */
function Weight({ value }: { readonly value: number }) {
  const side = value < 0 ? "right-1/2 bg-bad" : "left-1/2 bg-good";
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden="true" className="relative h-2 w-16 rounded-sm bg-sunk">
        <span className="absolute inset-y-0 left-1/2 w-px bg-edge" />
        <span className={`absolute inset-y-0 rounded-sm ${side}`} style={{ width: `${Math.abs(value) * 50}%` }} />
      </span>
      <span className="w-10">{`${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(2)}`}</span>
    </span>
  );
}

function NothingYet() {
  return (
    <EmptyNote>
      <p className="font-semibold text-ink">Nothing was investigated in this time.</p>
      <p className="mx-auto mt-1 max-w-[60ch]">
        Once it was, open{" "}
        <Link to="/" className="link text-ink">
          an incident
        </Link>{" "}
        and confirm its cause or rule it out. Each answer counts here, and makes the next ones better.
      </p>
    </EmptyNote>
  );
}
