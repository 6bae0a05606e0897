import type { Autopsies, AutopsyAnswer } from "@culprit/contract";
import { formatDuration } from "../lib/format-duration.ts";
import { DataTable } from "../ui/data-table.tsx";
import { Fold } from "../ui/fold.tsx";
import { Time } from "../ui/time.tsx";

/** Every answer with its cost and what changed in it, and every attempt at a patch. */
export function AutopsyRuns({ autopsies }: { readonly autopsies: Autopsies }) {
  const { answers, runs, totals } = autopsies;
  const spent =
    totals.calls === 0
      ? "no model was asked"
      : `${totals.calls} ${totals.calls === 1 ? "call" : "calls"}, ${totals.tokens.toLocaleString("en")} tokens, cost ${totals.cost.toFixed(4)}`;
  return (
    <Fold summary={`Answers and attempts: ${answers.length} and ${runs.length}; ${spent}`}>
      <div className="grid gap-3">
        <DataTable
          label="Answers"
          rows={answers}
          keyOf={({ revision }) => String(revision)}
          columns={[
            { name: "Answer", isNumber: true, cell: ({ revision }) => revision },
            { name: "When", cell: ({ created_at }) => <Time at={created_at} /> },
            { name: "By", cell: ({ model_used }) => model_used },
            { name: "Confidence", isNumber: true, cell: ({ confidence_score }) => confidence_score?.toFixed(2) ?? "–" },
            { name: "Spent", cell: spentOn },
            { name: "Took", isNumber: true, cell: ({ analysis_time_ms }) => formatDuration(analysis_time_ms) },
            { name: "Differs from the one before", cell: ({ changes }) => changes.join(" ") || "–" },
          ]}
        />
        <DataTable
          label="Attempts at a patch"
          rows={runs}
          keyOf={({ id }) => id}
          columns={[
            { name: "Repair", isNumber: true, cell: ({ revision }) => revision },
            { name: "Proposed by", cell: ({ proposer, model_used }) => model_used ?? proposer },
            { name: "Kind", cell: ({ patch_kind }) => patch_kind ?? "–" },
            { name: "Proof", cell: ({ proof }) => proof.replace("_", " ") },
            { name: "Why", cell: ({ proof_reason }) => proof_reason },
            { name: "Took", isNumber: true, cell: ({ duration_ms }) => formatDuration(duration_ms) },
          ]}
        />
      </div>
    </Fold>
  );
}

function spentOn({ calls }: AutopsyAnswer): string {
  if (calls.length === 0) return "no model";
  const tokens = calls.reduce((sum, call) => sum + call.tokens_in + call.tokens_out, 0);
  const cost = calls.reduce((sum, call) => sum + call.cost, 0);
  const isEstimated = calls.some(({ are_tokens_estimated }) => are_tokens_estimated);
  return `${calls.length} ${calls.length === 1 ? "call" : "calls"}, ${tokens.toLocaleString("en")} tokens${isEstimated ? " (estimated)" : ""}, cost ${cost.toFixed(4)}`;
}
