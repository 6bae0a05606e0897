import { type ExecutionLogList, proofProgressSchema } from "@culprit/contract";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { readLogs } from "../api/execution-requests.ts";
import { liveProofOf } from "../lib/live-proof-of.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { Section } from "../ui/section.tsx";
import { ProofSteps } from "./proof-steps.tsx";

/** The steps of a proof under way, each from its beginning on, with its log once it has ended. */
export default function LiveProof({ id, path }: { readonly id: string; readonly path: string }) {
  const client = useQueryClient();
  const queryKey = ["execution", id, "proof", path];
  const { data, dataUpdatedAt, error } = useQuery({
    queryKey,
    // Only what was logged since the last look is asked for.
    queryFn: async ({ signal }): Promise<ExecutionLogList> => {
      const before = client.getQueryData<ExecutionLogList>(queryKey);
      const page = await readLogs(id, { step: path }, before?.next_cursor ?? null, signal);
      const items = [...(before?.items ?? []), ...page.items];
      return { items, next_cursor: page.next_cursor ?? before?.next_cursor ?? null };
    },
    refetchInterval: 1000,
  });
  const { attempt, steps } = liveProofOf(
    (data?.items ?? []).flatMap(({ at, metadata }) => {
      const progress = proofProgressSchema.safeParse(metadata);
      return progress.success ? [{ at, ...progress.data }] : [];
    }),
  );
  const running = steps.filter(({ outcome }) => outcome === "running");
  const words =
    running.length > 0
      ? `Running: ${running.map(({ name }) => name).join("; ")}.`
      : (data?.items.at(-1)?.message ?? "It begins.");
  return (
    <Section id="proof" title="Proof" aside={attempt > 1 ? `running, patch ${attempt}` : "running"}>
      {error && <FailureNote error={error} />}
      <p role="status" className="mb-3 max-w-[80ch] text-ink-2 [overflow-wrap:anywhere]">
        {words}
      </p>
      {steps.length > 0 && <ProofSteps steps={steps} nowMs={dataUpdatedAt} />}
    </Section>
  );
}
