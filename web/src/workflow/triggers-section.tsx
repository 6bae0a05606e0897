import type { WorkflowDetail, WorkflowTrigger } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { makeWebhookSecret, readWebhooks } from "../api/trigger-requests.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Section } from "../ui/section.tsx";
import { Snippet } from "../ui/snippet.tsx";
import { Time } from "../ui/time.tsx";
import { matcherWords, triggerWords } from "./trigger-words.ts";

interface TriggersSectionProps {
  readonly projectId: string;
  readonly workflow: WorkflowDetail;
}

/** What starts the workflow as it is saved: the next times of schedules, the addresses of webhooks. */
export function TriggersSection({ projectId, workflow }: TriggersSectionProps) {
  const { triggers } = workflow;
  return (
    <Section
      id="triggers"
      title="What starts it"
      aside={workflow.status === "active" ? null : "nothing while it is not active"}
    >
      {triggers.length === 0 ? (
        <p className="text-[0.8125rem] text-ink-3">Nothing. Other workflows may call it, and you can run it by hand.</p>
      ) : (
        <ul className="grid gap-3">
          {triggers.map((trigger) => (
            <li key={trigger.id} className="min-w-0 rounded-lg border border-line bg-panel px-4 py-3">
              <TriggerFacts trigger={trigger} />
              {trigger.trigger.type === "webhook" && (
                <WebhookFacts projectId={projectId} workflow={workflow} trigger={trigger} />
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function TriggerFacts({
  trigger: { trigger, next_run_at: next, last_run_at: last, is_enabled },
}: {
  readonly trigger: WorkflowTrigger;
}) {
  return (
    <>
      <p className="font-medium [overflow-wrap:anywhere]">
        {triggerWords(trigger)}
        {!is_enabled && <span className="font-normal text-warn"> (switched off)</span>}
      </p>
      {matcherWords(trigger).map((line) => (
        <p key={line} className="font-mono text-xs text-ink-2 [overflow-wrap:anywhere]">
          {line}
        </p>
      ))}
      {(next || last) && (
        <p className="text-[0.8125rem] text-ink-2">
          {next && <>next at {formatInstant(next)}</>}
          {next && last && ", "}
          {last && (
            <>
              last <Time at={last} />
            </>
          )}
        </p>
      )}
    </>
  );
}

interface WebhookFactsProps extends TriggersSectionProps {
  readonly trigger: WorkflowTrigger;
}

function WebhookFacts({ projectId, workflow, trigger }: WebhookFactsProps) {
  const client = useQueryClient();
  const queryKey = ["webhooks", projectId, workflow.id];
  const webhooks = useQuery({ queryKey, queryFn: ({ signal }) => readWebhooks(projectId, workflow.id, signal) });
  const making = useMutation({
    mutationFn: () => makeWebhookSecret(projectId, workflow.id, trigger.id),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  const webhook = webhooks.data?.items.find(({ trigger_id }) => trigger_id === trigger.id);
  const url = webhook?.url ?? trigger.webhook_url;
  return (
    <div className="mt-2 grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
      {url && <Snippet text={url} label="the address" />}
      {webhooks.error && <FailureNote error={webhooks.error} />}
      {making.data ? (
        <>
          <p role="status">
            <span className="marked font-semibold">Copy the secret now.</span> It can't be shown again; the one before
            is over.
          </p>
          <Snippet text={making.data.secret} label="the secret" />
        </>
      ) : (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <Button disabled={making.isPending} onClick={() => making.mutate()}>
            {webhook?.has_secret ? "Make a new secret" : "Make its secret"}
          </Button>
          <span className="text-xs text-ink-3">
            {webhook?.has_secret
              ? "The one that is used now ends at once."
              : webhook
                ? "Without a secret, calls to it are refused."
                : ""}
          </span>
        </div>
      )}
      {making.error && <FailureNote error={making.error} />}
    </div>
  );
}
