import type { Operations } from "@culprit/contract";
import { formatBytes } from "../lib/format-bytes.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { Section } from "../ui/section.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import { Time } from "../ui/time.tsx";

/** The last backups, and whether they could be read back. */
export function BackupsSection({ backups }: { readonly backups: Operations["backups"] }) {
  return (
    <Section id="backups" title="Backups">
      {backups.length === 0 ? (
        <EmptyNote>
          No backup was made yet. <code className="font-mono text-[0.9em]">culprit backup</code> makes one now; the
          schedule below makes them by itself.
        </EmptyNote>
      ) : (
        <ul aria-label="Backups" className="overflow-hidden rounded-lg border border-line bg-panel">
          {backups.map((backup) => (
            <li
              key={backup.id}
              className="flex flex-wrap items-center gap-x-3 gap-y-0.5 border-t border-line px-4 py-2 first:border-0"
            >
              <StateMark state={backup.status} />
              <span className="font-medium">
                {backup.status === "completed"
                  ? backup.is_verified
                    ? "Made and read back"
                    : "Made, not read back"
                  : backup.status === "running"
                    ? "Being made"
                    : "Failed"}
              </span>
              <span className="text-[0.8125rem] text-ink-2">
                {backup.bytes !== null && formatBytes(backup.bytes)}
                {backup.rows !== null && `, ${backup.rows.toLocaleString("en")} rows`}
                {backup.is_pruned && ", folder taken away since"}
              </span>
              <span className="ml-auto text-xs text-ink-3">
                <Time at={backup.finished_at ?? backup.started_at} />
              </span>
              {backup.folder && !backup.is_pruned && (
                <span className="w-full pl-6 font-mono text-xs text-ink-3 [overflow-wrap:anywhere]">
                  {backup.folder}
                </span>
              )}
              {backup.error_message && (
                <span className="w-full pl-6 text-[0.8125rem] text-bad [overflow-wrap:anywhere]">
                  {backup.error_message}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
