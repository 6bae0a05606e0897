import type { LearningReport } from "@culprit/contract";
import { DataTable } from "../ui/data-table.tsx";
import { Fold } from "../ui/fold.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { percent } from "./percent.ts";

type Week = LearningReport["weeks"][number];
const WEEK_MS = 7 * 86_400_000;

/** A bar a week: its height is the share that was right; a week that nobody judged has none, and says so. */
export function WeekBars({ weeks }: { readonly weeks: readonly Week[] }) {
  const all = withGaps(weeks);
  return (
    <>
      <ScrollBox
        label="Accuracy by week"
        className="relative overflow-x-auto rounded-lg border border-line bg-panel px-4 pt-4 pb-2"
      >
        <ol aria-label="Weeks" className="flex min-w-max gap-1.5">
          {all.map(({ from, week }) => (
            <li key={from} className="min-w-11 max-w-20 flex-1 text-center text-2xs" title={describe(from, week)}>
              <span className="sr-only">{describe(from, week)}</span>
              <span aria-hidden="true">
                <span className="block font-semibold">{week && week.judged > 0 ? percent(week.top1) : "\u00a0"}</span>
                <span className="flex h-32 items-end rounded-sm bg-sunk">
                  {week && week.judged > 0 ? (
                    <span
                      className="block w-full rounded-sm bg-ink-2"
                      style={{ height: `${Math.max(2, (week.top1 ?? 0) * 100)}%` }}
                    />
                  ) : (
                    week && <span className="waiting-bar block h-2 w-full rounded-sm" />
                  )}
                </span>
                <span className="mt-1 block text-ink-2">{week ? `${week.right}/${week.judged}` : "\u00a0"}</span>
                <span className="block text-ink-3">{from.slice(5, 10)}</span>
              </span>
            </li>
          ))}
        </ol>
      </ScrollBox>
      <p className="mt-1 text-xs text-ink-3">
        Below each bar: right of judged, and the Monday it began. Hatched: investigated, but nobody said whether it was
        right.
      </p>
      <div className="mt-1">
        <Fold summary="The same as a table">
          <DataTable
            label="Weeks"
            rows={weeks}
            keyOf={({ from }) => from}
            columns={[
              { name: "Week of", cell: ({ from }: Week) => from.slice(0, 10) },
              { name: "Investigated", isNumber: true, cell: ({ investigated }) => investigated },
              { name: "Judged", isNumber: true, cell: ({ judged }) => judged },
              { name: "Right", isNumber: true, cell: ({ right, top1 }) => `${right} (${percent(top1)})` },
              { name: "Wrongly blamed", isNumber: true, cell: ({ false_attributions }) => false_attributions },
              { name: "Inconclusive", isNumber: true, cell: ({ inconclusive }) => inconclusive },
            ]}
          />
        </Fold>
      </div>
    </>
  );
}

function describe(from: string, week: Week | undefined): string {
  const name = `Week of ${from.slice(0, 10)}`;
  if (!week) return `${name}: nothing was investigated.`;
  if (week.judged === 0) return `${name}: ${week.investigated} investigated, none judged.`;
  return `${name}: ${week.right} of ${week.judged} judged were right (${percent(week.top1)}), ${week.false_attributions} wrongly blamed, ${week.inconclusive} of ${week.investigated} inconclusive.`;
}

/** Weeks in which nothing was investigated have their place too: time runs evenly. */
function withGaps(weeks: readonly Week[]): readonly { readonly from: string; readonly week: Week | undefined }[] {
  const first = weeks[0];
  const last = weeks.at(-1);
  if (!first || !last) return [];
  const byStart = new Map(weeks.map((week) => [Date.parse(week.from), week]));
  const all = [];
  for (let at = Date.parse(first.from); at <= Date.parse(last.from); at += WEEK_MS)
    all.push({ from: new Date(at).toISOString(), week: byStart.get(at) });
  return all;
}
