import type { IntegrationDetail, IntegrationPatch } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiFailure } from "../api/api-failure.ts";
import {
  changeIntegration,
  checkIntegration,
  readIntegration,
  readIntegrationTypes,
  removeIntegration,
} from "../api/integration-requests.ts";
import { BackLink } from "../ui/back-link.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { ReadFailure } from "../ui/read-failure.tsx";
import { Section } from "../ui/section.tsx";
import { Snippet } from "../ui/snippet.tsx";
import { Time } from "../ui/time.tsx";
import { useTitle } from "../ui/use-title.ts";
import { DeliveryLog } from "./delivery-log.tsx";
import { HealthMark } from "./health-mark.tsx";
import { InboxLog } from "./inbox-log.tsx";
import { SettingsForm } from "./settings-form.tsx";

/** One integration: how it fares, its settings, what came in and what went out. */
export function IntegrationPage({ id }: { readonly id: string }) {
  const { data, error } = useQuery({
    queryKey: ["integration", id],
    queryFn: ({ signal }) => readIntegration(id, signal),
    refetchInterval: (query) =>
      query.state.error instanceof ApiFailure && query.state.error.status === 404 ? false : 10_000,
  });
  useTitle(data?.name ?? "Integration");
  return (
    <>
      <BackLink to="/integrations">All integrations</BackLink>
      <ReadFailure error={error} hasData={data !== undefined} />
      {data ? (
        <Integration integration={data} />
      ) : error ? null : (
        <p role="status" className="min-h-dvh text-ink-3">
          Loading…
        </p>
      )}
    </>
  );
}

function Integration({ integration }: { readonly integration: IntegrationDetail }) {
  const client = useQueryClient();
  const types = useQuery({
    queryKey: ["integration-types"],
    queryFn: ({ signal }) => readIntegrationTypes(signal),
    staleTime: 300_000,
  });
  const type = types.data?.items.find((one) => one.type === integration.type);
  const keep = (next: IntegrationDetail) => {
    client.setQueryData(["integration", integration.id], next);
    void client.invalidateQueries({ queryKey: ["integrations"] });
  };
  const check = useMutation({ mutationFn: () => checkIntegration(integration.id), onSuccess: keep });
  const change = useMutation({
    mutationFn: (patch: IntegrationPatch) => changeIntegration(integration.id, patch),
    onSuccess: keep,
  });
  return (
    <article aria-label={integration.name} className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-8">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 max-w-[76ch]">
          <h1 className="text-xl font-semibold tracking-tight [overflow-wrap:anywhere]">
            {integration.name} <span className="font-normal text-ink-3">{integration.title}</span>
          </h1>
          <div role="status" className="mt-1">
            <HealthMark integration={integration} />{" "}
            {integration.last_health_check && (
              <span className="text-xs text-ink-3">
                checked <Time at={integration.last_health_check} />
              </span>
            )}
            {integration.health_reason && (
              <p className="mt-0.5 [overflow-wrap:anywhere]">{integration.health_reason}</p>
            )}
          </div>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button disabled={check.isPending} onClick={() => check.mutate()}>
            {check.isPending ? "Checking…" : "Check now"}
          </Button>
          <Button disabled={change.isPending} onClick={() => change.mutate({ is_enabled: !integration.is_enabled })}>
            {integration.is_enabled ? "Switch off" : "Switch on"}
          </Button>
          <RemoveButton integration={integration} />
        </div>
      </header>
      {check.error && <FailureNote error={check.error} title="It could not be checked." />}
      {change.error && <FailureNote error={change.error} title="It was not changed." />}
      {integration.webhook_url && (
        <Section id="address" title="Where its webhooks go">
          <div className="grid max-w-3xl grid-cols-[minmax(0,1fr)] gap-1.5">
            <Snippet text={integration.webhook_url} label="the address" />
            <p className="text-xs text-ink-3">
              Enter it at {integration.title}. {integration.inbox.pending} wait to be processed,{" "}
              {integration.inbox.failed} were given up.
            </p>
            {integration.rejected_count > 0 && (
              <p className="text-[0.8125rem] text-warn">
                {integration.rejected_count.toLocaleString("en")} requests had a wrong signature
                {integration.last_rejected_at && (
                  <>
                    , the last <Time at={integration.last_rejected_at} />
                  </>
                )}
                . None was stored. Is the signing secret the same on both sides?
              </p>
            )}
          </div>
        </Section>
      )}
      {types.error && <FailureNote error={types.error} />}
      {type && <SettingsForm key={integration.updated_at} integration={integration} type={type} onSaved={keep} />}
      <InboxLog filter={{ project: integration.project_id, integration: integration.id }} />
      <DeliveryLog project={integration.project_id} integrations={[integration.id]} isOfOne />
    </article>
  );
}

function RemoveButton({ integration }: { readonly integration: IntegrationDetail }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const removal = useMutation({
    mutationFn: () => removeIntegration(integration.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["integrations"] });
      void navigate({ to: "/integrations" });
    },
  });
  return (
    <>
      <Button look="danger" onClick={() => setAsking(true)}>
        Remove…
      </Button>
      <Dialog title={`Remove ${integration.name}?`} isOpen={isAsking} onClose={() => setAsking(false)}>
        <div className="grid gap-4">
          <p className="text-ink-2">
            Its secrets and what came in from it go with it. Workflows that name it fail at that step.
          </p>
          {removal.error && <FailureNote error={removal.error} />}
          <div className="flex flex-wrap gap-2">
            <Button look="danger" disabled={removal.isPending} onClick={() => removal.mutate()}>
              Remove it
            </Button>
            <Button onClick={() => setAsking(false)}>Keep it</Button>
          </div>
        </div>
      </Dialog>
    </>
  );
}
