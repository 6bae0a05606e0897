import type { DatabaseStatsReply } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { readDatabase } from "../api/operations-requests.ts";
import { formatBytes } from "../lib/format-bytes.ts";
import { formatDuration } from "../lib/format-duration.ts";
import { DataTable } from "../ui/data-table.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Fold } from "../ui/fold.tsx";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";

/** What the database says of itself: sizes, slow queries, indexes that nothing reads, partitions. */
export function DatabaseSection() {
  const { data, error } = useQuery({
    queryKey: ["operations", "database"],
    queryFn: ({ signal }) => readDatabase(signal),
    refetchInterval: 30_000,
  });
  return (
    <Section
      id="database"
      title="Database"
      aside={
        data && (
          <span>
            {data.database_name}, {formatBytes(data.database_bytes)}, {data.connections} of {data.connection_limit}{" "}
            connections, {data.active_connections} at work
          </span>
        )
      }
    >
      {error && <FailureNote error={error} />}
      {data && (
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3">
          {data.oldest_transaction && <OldTransaction transaction={data.oldest_transaction} />}
          {data.log_archive.is_on && data.log_archive.is_failing && (
            <p className="text-bad">Archiving the database's log fails. Look at the archive folder and its disk.</p>
          )}
          <Fold summary={`Slow queries (${data.slow_queries?.length ?? data.long_queries.length})`} isOpen>
            <SlowQueries stats={data} />
          </Fold>
          <Fold summary={`Indexes that nothing reads (${data.unused_indexes.length})`}>
            <DataTable
              label="Indexes that nothing reads"
              rows={data.unused_indexes}
              keyOf={({ schema, index }) => `${schema}.${index}`}
              columns={[
                { name: "Index", cell: ({ index }) => <code className="font-mono text-xs">{index}</code> },
                { name: "Table", cell: ({ table }) => table },
                { name: "Size", isNumber: true, cell: ({ bytes }) => formatBytes(bytes) },
              ]}
            />
          </Fold>
          <Fold summary={`Tables (${data.tables.length})`}>
            <DataTable
              label="Tables"
              rows={data.tables}
              keyOf={({ schema, table }) => `${schema}.${table}`}
              columns={[
                { name: "Table", cell: ({ schema, table }) => (schema === "public" ? table : `${schema}.${table}`) },
                { name: "Size", isNumber: true, cell: ({ total_bytes }) => formatBytes(total_bytes) },
                { name: "Indexes", isNumber: true, cell: ({ index_bytes }) => formatBytes(index_bytes) },
                { name: "Rows", isNumber: true, cell: ({ rows }) => rows.toLocaleString("en") },
                {
                  name: "Dead",
                  isNumber: true,
                  cell: ({ dead_percent }) => (dead_percent === null ? "" : `${dead_percent} %`),
                },
                { name: "Partitions", isNumber: true, cell: ({ partitions }) => (partitions === 0 ? "" : partitions) },
              ]}
            />
          </Fold>
          <Fold summary={`Partitions (${countOf(data.partitions.length, "table")})`}>
            <DataTable
              label="Partitions"
              rows={data.partitions}
              keyOf={({ schema, table }) => `${schema}.${table}`}
              columns={[
                { name: "Table", cell: ({ table }) => table },
                { name: "Partitions", isNumber: true, cell: ({ partitions }) => partitions },
                { name: "From", cell: ({ from }) => from?.slice(0, 10) ?? "" },
                { name: "Ready until", cell: ({ until }) => until?.slice(0, 10) ?? "none" },
              ]}
            />
          </Fold>
          <Fold
            summary={`Executions that failed in the last 24 hours (${countOf(data.failed_executions.length, "workflow")})`}
          >
            <DataTable
              label="Executions that failed"
              rows={data.failed_executions}
              keyOf={({ workflow }) => workflow}
              columns={[
                { name: "Workflow", cell: ({ workflow }) => workflow },
                { name: "Failed", isNumber: true, cell: ({ failure_count }) => failure_count },
                { name: "Why", cell: ({ error_messages }) => error_messages.join(" · ") },
              ]}
            />
          </Fold>
        </div>
      )}
    </Section>
  );
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function SlowQueries({ stats }: { readonly stats: DatabaseStatsReply }) {
  const query = (text: string) => <code className="line-clamp-4 font-mono text-xs">{text}</code>;
  if (stats.slow_queries !== null) {
    return (
      <DataTable
        label="Slow queries"
        rows={stats.slow_queries}
        keyOf={(row) => row.query}
        columns={[
          { name: "Query", cell: (row) => query(row.query) },
          { name: "Calls", isNumber: true, cell: ({ calls }) => calls.toLocaleString("en") },
          { name: "Mean", isNumber: true, cell: ({ mean_ms }) => formatDuration(mean_ms) },
          { name: "Longest", isNumber: true, cell: ({ max_ms }) => formatDuration(max_ms) },
          { name: "In all", isNumber: true, cell: ({ total_ms }) => formatDuration(total_ms) },
        ]}
      />
    );
  }
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
      {stats.slow_queries_hint && <p className="text-[0.8125rem] text-ink-2">{stats.slow_queries_hint}</p>}
      {stats.long_queries.length > 0 && (
        <DataTable
          label="Queries that ran long when they were looked at"
          rows={stats.long_queries}
          keyOf={(row) => row.query}
          columns={[
            { name: "Query", cell: (row) => query(row.query) },
            { name: "Seen", isNumber: true, cell: ({ seen }) => seen },
            { name: "Longest", isNumber: true, cell: ({ longest_ms }) => formatDuration(longest_ms) },
            { name: "Last", isNumber: true, cell: ({ last_seen_at }) => <Time at={last_seen_at} /> },
          ]}
        />
      )}
    </div>
  );
}

function OldTransaction({
  transaction,
}: {
  readonly transaction: NonNullable<DatabaseStatsReply["oldest_transaction"]>;
}) {
  return (
    <p className="text-[0.8125rem] text-ink-2 [overflow-wrap:anywhere]">
      The oldest transaction is {formatDuration(transaction.age_s * 1000)} old ({transaction.application || "no name"},
      process {transaction.pid}, {transaction.state ?? "state unknown"}):{" "}
      <code className="font-mono text-xs">{transaction.query}</code>
    </p>
  );
}
