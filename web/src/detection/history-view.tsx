import type { GateHistoryReply, ShadowDecision } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { cx } from "../ui/cx.ts";

/** What a policy would have decided about the incidents of the last days, and what it would have decided otherwise. */
export function HistoryView({ history }: { readonly history: GateHistoryReply }) {
  const { days, incidents, approved, suppressed, by_rule: byRule, differences_count: differ } = history;
  if (incidents === 0)
    return <p className="text-[0.8125rem] text-ink-2">There was no incident in the last {days} days to try it on.</p>;
  const rules = Object.entries(byRule).sort(([, a], [, b]) => b - a);
  return (
    <section aria-label="On history" className="grid gap-3 text-[0.8125rem]">
      <p>
        Of {incidents} {incidents === 1 ? "incident" : "incidents"} in {days} days it would have approved{" "}
        <strong>{approved}</strong> and suppressed <strong>{suppressed}</strong>
        {history.is_cut && ", of the newest 5,000"}.{" "}
        {differ === 0 ? (
          "That is what was decided."
        ) : (
          <strong>
            {differ} {differ === 1 ? "differs" : "differ"} from what was decided.
          </strong>
        )}
      </p>
      <div
        aria-hidden="true"
        className="flex h-3 overflow-hidden rounded-sm border border-edge"
        title={`${approved} approved, ${suppressed} suppressed`}
      >
        <span className="bg-ink-2" style={{ width: `${(approved / incidents) * 100}%` }} />
        <span className="waiting-bar flex-1" />
      </div>
      <ul aria-label="By rule" className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
        {rules.map(([rule, count]) => (
          <li key={rule}>
            {rule.replaceAll("_", " ")}: {count}
          </li>
        ))}
      </ul>
      {history.differences.length > 0 && <Differences items={history.differences} />}
      {differ > history.differences.length && (
        <p className="text-xs text-ink-3">The newest {history.differences.length} are shown.</p>
      )}
    </section>
  );
}

/** Incidents that would have been decided otherwise, each with why. */
export function Differences({ items }: { readonly items: readonly ShadowDecision[] }) {
  return (
    <ul
      aria-label="Differences"
      className="max-h-80 overflow-auto rounded-lg border border-line bg-panel text-[0.8125rem]"
    >
      {items.map((one) => (
        <li key={one.incident_id} className="border-t border-line px-3 py-2 first:border-0">
          <p className="[overflow-wrap:anywhere]">
            <Link to="/incidents/$id" params={{ id: one.incident_id }} className="link font-medium text-ink">
              {one.title}
            </Link>
          </p>
          <p className="text-ink-2 [overflow-wrap:anywhere]">
            {one.actual === null ? "nobody decided" : `was ${one.actual}`}, would be{" "}
            <strong className={cx("font-semibold", one.decision === "suppressed" ? "text-warn" : "text-good")}>
              {one.decision}
            </strong>
            : {one.rationale}
          </p>
        </li>
      ))}
    </ul>
  );
}
