import type { Project, Stats } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { readStats } from "../api/stats-requests.ts";
import { IncidentTabs } from "../pages/incident-tabs.tsx";
import { ProjectSelect } from "../project/project-select.tsx";
import { useProject } from "../project/use-project.ts";
import { WithProject } from "../project/with-project.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { HowFarBack } from "../ui/how-far-back.tsx";
import { PageHead } from "../ui/page-head.tsx";
import { ReadFailure } from "../ui/read-failure.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import { Section } from "../ui/section.tsx";
import { useTitle } from "../ui/use-title.ts";
import { DayPlots } from "./day-plots.tsx";
import { KindsTable } from "./kinds-table.tsx";
import { RateFacts } from "./rate-facts.tsx";
import { StatesTable } from "./states-table.tsx";
import { StepTable } from "./step-table.tsx";

/** What became of the incidents: how many were diagnosed, mended and proven, and how long each step took. */
export function FiguresPage() {
  useTitle("Figures");
  const chosen = useProject();
  const [days, setDays] = useState(30);
  return (
    <>
      <IncidentTabs />
      <PageHead title="Figures" note="What became of the incidents, and how long each step took.">
        <HowFarBack value={days} choices={[7, 30, 90, 365]} unit="days" onChange={setDays} />
        <ProjectSelect chosen={chosen} />
      </PageHead>
      <WithProject chosen={chosen}>{(project) => <Figures project={project} days={days} />}</WithProject>
    </>
  );
}

function Figures({ project, days }: { readonly project: Project; readonly days: number }) {
  const { data, error } = useQuery({
    queryKey: ["stats", project.id, days],
    queryFn: ({ signal }) => readStats(project.id, days, signal),
    refetchInterval: 60_000,
  });
  return (
    <>
      <ReadFailure error={error} hasData={data !== undefined} />
      {!data && !error && <RowsPending label="Loading" />}
      {data && data.incidents === 0 && <NothingYet />}
      {data && data.incidents > 0 && <Known stats={data} />}
    </>
  );
}

function Known({ stats }: { readonly stats: Stats }) {
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-10">
      <RateFacts stats={stats} />
      <div className="grid gap-10 lg:grid-cols-2">
        <Section id="states" title="How they stand">
          <StatesTable stats={stats} />
        </Section>
        <Section id="kinds" title="What noticed them">
          <KindsTable stats={stats} />
        </Section>
      </div>
      <Section id="steps" title="From the first signal" aside="until an incident first reached each step">
        <StepTable steps={stats.steps} incidents={stats.incidents} />
      </Section>
      <Section id="days" title="Day by day" aside="by the day (UTC) an incident was opened">
        <DayPlots days={stats.by_day} from={stats.from} to={stats.to} />
      </Section>
    </div>
  );
}

function NothingYet() {
  return (
    <EmptyNote>
      <p className="font-semibold text-ink">No incident was opened in this time.</p>
      <p className="mx-auto mt-1 max-w-[60ch]">
        Choose a longer time, or{" "}
        <Link to="/projects" className="link text-ink">
          connect a service
        </Link>
        .
      </p>
    </EmptyNote>
  );
}
