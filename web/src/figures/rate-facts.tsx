import type { Stats, StatsRate } from "@culprit/contract";

/** The rates as figures, each with what it counts. */
export function RateFacts({ stats }: { readonly stats: Stats }) {
  const { rates } = stats;
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 border-y border-line py-4 lg:grid-cols-3">
      <Rate name="Autopsies" rate={rates.analysis} what="incidents have an autopsy" />
      <Rate
        name="Autopsies, of approved"
        rate={rates.analysis_of_approved}
        what="incidents that the gate let through have an autopsy"
      />
      <Rate name="Patch application" rate={rates.patch_application} what="autopsies have a patch that applies" />
      <Rate name="Patches that apply" rate={rates.patches_applied} what="patches passed their gate" />
      <Rate name="Proven" rate={rates.proof} what="patches have a green proof" />
      <Rate name="Merged" rate={rates.merge} what="pull requests were merged" />
    </dl>
  );
}

function Rate({ name, rate, what }: { readonly name: string; readonly rate: StatsRate; readonly what: string }) {
  return (
    <div className="min-w-0">
      <dt className="eyebrow">{name}</dt>
      <dd>
        <span className="text-xl font-semibold tracking-tight">
          {rate.percent === null ? "–" : `${Math.round(rate.percent)} %`}
        </span>
        <span className="block text-xs text-ink-2">
          {rate.count} of {rate.of} {what}
        </span>
      </dd>
    </div>
  );
}
