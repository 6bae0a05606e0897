import type { Schedule } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { formatInstant } from "../lib/format-instant.ts";
import { Tag } from "../ui/chips.tsx";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";

/** What Culprit does by itself at which times, and who starts it. */
export function SchedulesSection({ schedules }: { readonly schedules: readonly Schedule[] }) {
  return (
    <Section id="schedules" title="Schedules">
      {schedules.length === 0 ? (
        <p className="text-[0.8125rem] text-ink-3">None.</p>
      ) : (
        <ul aria-label="Schedules" className="overflow-hidden rounded-lg border border-line bg-panel">
          {schedules.map((schedule) => (
            <li
              key={schedule.name}
              className="grid gap-x-6 gap-y-1 border-t border-line px-4 py-2.5 first:border-0 md:grid-cols-[minmax(0,1fr)_minmax(0,20rem)]"
            >
              <div className="min-w-0">
                <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  {schedule.workflow_id ? (
                    <Link
                      to="/workflows/$id"
                      params={{ id: schedule.workflow_id }}
                      className="font-semibold [overflow-wrap:anywhere] hover:underline"
                    >
                      {schedule.name}
                    </Link>
                  ) : (
                    <span className="font-semibold">{schedule.name}</span>
                  )}
                  <code className="font-mono text-xs text-ink-2">{schedule.cron}</code>
                  <span className="text-xs text-ink-3">{schedule.timezone}</span>
                  {!schedule.is_enabled && <Tag>Switched off</Tag>}
                </p>
                <p className="text-[0.8125rem] text-ink-2">{schedule.summary}</p>
                <p className="text-xs text-ink-3" title={schedule.owner_reason}>
                  started by {schedule.owner === "engine" ? "the workflow engine" : "pg_cron in the database"}:{" "}
                  {schedule.owner_reason}
                </p>
              </div>
              <div className="min-w-0 text-[0.8125rem] text-ink-2 md:text-right">
                {schedule.next_run_at && <p>next {formatInstant(schedule.next_run_at).slice(0, 16)}</p>}
                {schedule.last_run_at ? (
                  <p>
                    last <Time at={schedule.last_run_at} />
                    {schedule.last_status && (
                      <span className={schedule.last_status === "failed" ? "text-bad" : ""}>
                        , {schedule.last_status}
                      </span>
                    )}{" "}
                    {schedule.last_execution_id && (
                      <Link to="/executions/$id" params={{ id: schedule.last_execution_id }} className="link">
                        look
                      </Link>
                    )}
                  </p>
                ) : (
                  <p className="text-ink-3">has not run yet</p>
                )}
                {schedule.last_message && <p className="text-xs [overflow-wrap:anywhere]">{schedule.last_message}</p>}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
