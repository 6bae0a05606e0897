import type { ExecutionDetail, ExecutionStep } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ApiFailure } from "../api/api-failure.ts";
import { readExecution } from "../api/execution-requests.ts";
import { ApprovalForm } from "../approval/approval-form.tsx";
import { useFocusAfterAnswer } from "../approval/use-focus-after-answer.ts";
import { BackLink } from "../ui/back-link.tsx";
import { Fold } from "../ui/fold.tsx";
import { JsonFold } from "../ui/json-fold.tsx";
import { ReadFailure } from "../ui/read-failure.tsx";
import { Section } from "../ui/section.tsx";
import { useKeys } from "../ui/use-keys.ts";
import { useTitle } from "../ui/use-title.ts";
import { DeliveryView } from "./delivery-view.tsx";
import { ExecutionHead } from "./execution-head.tsx";
import { ExecutionPicture } from "./execution-picture.tsx";
import { LogView } from "./log-view.tsx";
import { RelatedExecutions } from "./related-executions.tsx";
import { isUnfinished } from "./run-state.ts";
import { StepTimeline } from "./step-timeline.tsx";

/** One execution, step by step, read every second while it runs. */
export function ExecutionPage({ id }: { readonly id: string }) {
  const navigate = useNavigate();
  useKeys({ u: () => void navigate({ to: "/executions" }) });
  const { data: execution, error } = useQuery({
    queryKey: ["execution", id],
    queryFn: ({ signal }) => readExecution(id, signal),
    refetchInterval: (query) => {
      if (query.state.error instanceof ApiFailure && query.state.error.status === 404) return false;
      return query.state.data ? pollMs(query.state.data) : 10_000;
    },
  });
  useTitle(execution?.workflow_name ?? "Execution");
  return (
    <>
      <BackLink to="/executions">All executions</BackLink>
      <ReadFailure error={error} hasData={execution !== undefined} />
      {execution ? (
        <Execution execution={execution} />
      ) : error ? null : (
        <p role="status" className="min-h-dvh text-ink-3">
          Loading…
        </p>
      )}
    </>
  );
}

/** What somebody just said about an execution takes a moment to show. */
function pollMs(execution: ExecutionDetail): number {
  if (isUnfinished(execution)) return 1000;
  const endedAgoMs = Date.now() - Date.parse(execution.completed_at ?? execution.started_at);
  return endedAgoMs < 60_000 || execution.deliveries.some(({ status }) => status === "unknown") ? 2000 : 10_000;
}

function Execution({ execution }: { readonly execution: ExecutionDetail }) {
  const unknown = execution.deliveries.filter(({ status }) => status === "unknown");
  const waiting = execution.approvals.filter(({ decision }) => decision === null);
  const isLive = isUnfinished(execution);
  const { place, onAnswer } = useFocusAfterAnswer(waiting);
  return (
    <article ref={place} tabIndex={-1} className="outline-none" aria-label={`Execution of ${execution.workflow_name}`}>
      <ExecutionHead execution={execution} />
      {waiting.map((approval) => (
        <section
          key={approval.id}
          data-approval=""
          tabIndex={-1}
          aria-label="It waits for you"
          className="mt-5 rounded-lg border border-mark-line border-l-4 bg-mark-soft px-4 py-3"
        >
          <p className="text-2xs font-semibold">Waits for a person</p>
          <p className="mb-3 font-semibold whitespace-pre-line [overflow-wrap:anywhere]">{approval.message}</p>
          <ApprovalForm approval={approval} onAnswer={onAnswer} />
        </section>
      ))}
      {unknown.length > 0 && (
        <section aria-label="What is not known" className="mt-5 grid gap-2">
          <p className="font-semibold text-bad">
            {unknown.length === 1 ? "One effect" : `${unknown.length} effects`} may or may not have happened
          </p>
          {unknown.map((delivery) => (
            <DeliveryView key={delivery.id} delivery={delivery} />
          ))}
        </section>
      )}
      <div className="mt-7 grid gap-x-10 gap-y-10 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-10">
          <Section id="steps" title="Steps" aside={isLive ? "live" : null}>
            {execution.steps.length === 0 ? (
              <p className="rounded-lg border border-dashed border-edge px-4 py-8 text-center text-ink-2">
                {isLive ? "It has not begun yet." : "No step was begun."}
              </p>
            ) : (
              <div className="overflow-hidden rounded-lg border border-line bg-panel">
                <StepTimeline
                  steps={execution.steps}
                  startedAt={execution.started_at}
                  completedAt={execution.completed_at}
                  details={(step) => <StepDetails step={step} execution={execution} />}
                />
              </div>
            )}
          </Section>
          <LogView executionId={execution.id} steps={execution.steps.map(({ path }) => path)} isLive={isLive} />
        </div>
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-8">
          {execution.definition && (
            <Section id="picture" title="What it runs" aside={`version ${execution.workflow_version}`}>
              <Fold summary="The picture, with how its steps stand">
                <ExecutionPicture definition={execution.definition} steps={execution.steps} />
              </Fold>
            </Section>
          )}
          <Section id="data" title="What went in and came out">
            <div className="grid gap-1">
              <JsonFold label="Inputs" value={execution.inputs} />
              <JsonFold label="What started it" value={execution.trigger_data} />
              <JsonFold label="Outputs" value={execution.outputs} />
              {!hasData(execution) && <p className="text-[0.8125rem] text-ink-3">Nothing.</p>}
            </div>
          </Section>
          <RelatedExecutions execution={execution} />
        </div>
      </div>
    </article>
  );
}

function hasData({ inputs, outputs, trigger_data }: ExecutionDetail): boolean {
  return [inputs, outputs, trigger_data].some(
    (value) => value !== null && value !== undefined && (typeof value !== "object" || Object.keys(value).length > 0),
  );
}

interface StepDetailsProps {
  readonly step: ExecutionStep;
  readonly execution: ExecutionDetail;
}

function StepDetails({ step, execution }: StepDetailsProps) {
  const approval = execution.approvals.find(({ path, decision }) => path === step.path && decision !== null);
  const deliveries = execution.deliveries.filter(
    ({ step_path, status }) => step_path === step.path && status !== "unknown",
  );
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
      <p className="text-xs text-ink-3">
        <code className="font-mono">{step.action_type}</code>, path{" "}
        <code className="font-mono [overflow-wrap:anywhere]">{step.path}</code>
      </p>
      {approval && <ApprovalForm approval={approval} />}
      {deliveries.map((delivery) => (
        <DeliveryView key={delivery.id} delivery={delivery} />
      ))}
      <JsonFold label="Input" value={step.input} />
      <JsonFold label="Output" value={step.output} />
    </div>
  );
}
