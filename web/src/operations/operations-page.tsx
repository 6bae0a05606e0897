import type { Operations } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { readOperations } from "../api/operations-requests.ts";
import { formatBytes } from "../lib/format-bytes.ts";
import { formatDuration } from "../lib/format-duration.ts";
import { PageHead } from "../ui/page-head.tsx";
import { ReadFailure } from "../ui/read-failure.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import { Time } from "../ui/time.tsx";
import { useTitle } from "../ui/use-title.ts";
import { BackupsSection } from "./backups-section.tsx";
import { DatabaseSection } from "./database-section.tsx";
import { FaultsSection } from "./faults-section.tsx";
import { FindingsSection } from "./findings-section.tsx";
import { SchedulesSection } from "./schedules-section.tsx";

/** Culprit itself: is it well, is its data kept, what does it do at which time, and what did its checks find. */
export function OperationsPage() {
  useTitle("Operations");
  const { data, error } = useQuery({
    queryKey: ["operations"],
    queryFn: ({ signal }) => readOperations(signal),
    refetchInterval: 5000,
  });
  return (
    <>
      <PageHead title="Operations" note="How Culprit itself fares." />
      <ReadFailure error={error} hasData={data !== undefined} />
      {!data && !error && <RowsPending label="Loading" />}
      {data && (
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-10">
          <FaultsSection faults={data.faults} />
          <Overview operations={data} />
          <FindingsSection lastCheck={data.last_check} />
          <BackupsSection backups={data.backups} />
          <SchedulesSection schedules={data.schedules} />
          <DatabaseSection />
        </div>
      )}
    </>
  );
}

function Overview({ operations }: { readonly operations: Operations }) {
  const { database, replica, queue, deadman, version, started_at } = operations;
  const jobs = Object.entries(queue.waiting).filter(([, count]) => count > 0);
  return (
    <dl className="grid gap-x-8 gap-y-4 border-y border-line py-4 sm:grid-cols-2 lg:grid-cols-4">
      <Fact name="Culprit">
        {version}
        <Note>
          started <Time at={started_at} />
        </Note>
      </Fact>
      <Fact name="Database">
        {formatBytes(database.bytes)}
        <Note>
          {database.name}, PostgreSQL {database.version}
          {database.is_embedded ? ", started by Culprit" : ""}
        </Note>
      </Fact>
      <Fact name="Executions">
        {queue.running_executions} running, {queue.pending_executions} wait to run
        <Note>
          {queue.waiting_executions} wait for a time or a person
          {queue.oldest_due_s !== null && `; the oldest is due for ${formatDuration(queue.oldest_due_s * 1000)}`}
        </Note>
      </Fact>
      <Fact name="Queue">
        {jobs.length === 0 ? "empty" : jobs.map(([name, count]) => `${count} ${name}`).join(", ")}
        <Note>
          events that wait: {queue.events_waiting}, deliveries not settled:{" "}
          <span className={queue.deliveries_unsettled > 0 ? "font-semibold text-warn" : ""}>
            {queue.deliveries_unsettled}
          </span>
        </Note>
      </Fact>
      <Fact name="Read replica">
        {replicaWords[replica.state]}
        {replica.lag_ms !== null && `, ${formatDuration(replica.lag_ms)} behind`}
        <Note>
          {replica.reason ?? (replica.state === "off" ? "DATABASE_REPLICA_URL sets one" : null)}
          {replica.state !== "off" && ` ${replica.reads} reads, ${replica.fallbacks} went to the primary instead`}
        </Note>
      </Fact>
      <Fact name="Sign of life">
        {deadman.is_on ? (deadman.withheld_reason === null ? "sent" : "withheld") : "off"}
        <Note>
          {deadman.withheld_reason ??
            (deadman.last_sent_at ? (
              <>
                last <Time at={deadman.last_sent_at} />, every {formatDuration(deadman.every_s * 1000)}
              </>
            ) : (
              "another system can be told each minute that Culprit lives"
            ))}
        </Note>
      </Fact>
    </dl>
  );
}

const replicaWords: Record<Operations["replica"]["state"], string> = {
  off: "none",
  in_use: "in use",
  behind: "too far behind",
  unreachable: "can't be reached",
};

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="eyebrow">{name}</dt>
      <dd className="font-semibold [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

function Note({ children }: { readonly children: ReactNode }) {
  return <span className="block text-xs font-normal text-ink-2">{children}</span>;
}
