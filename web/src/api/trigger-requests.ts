import {
  type DryRun,
  dryRunSchema,
  type EventDetail,
  eventDetailSchema,
  type LedgerList,
  ledgerListSchema,
  type Replay,
  replaySchema,
  type TriggerCountList,
  triggerCountListSchema,
  type WebhookSecret,
  type WebhookTriggerList,
  webhookSecretSchema,
  webhookTriggerListSchema,
} from "@culprit/contract";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

export interface LedgerFilter {
  readonly project: string;
  readonly workflow?: string | undefined;
  readonly outcome?: "ran" | "did_not_run" | undefined;
  readonly event?: string | undefined;
}

/** One page of the ledger, newest first. */
export function readLedger(filter: LedgerFilter, cursor: string | null, signal: AbortSignal): Promise<LedgerList> {
  return fetchJson(`/api/ledger${queryString({ ...filter, limit: 50, cursor })}`, ledgerListSchema, { signal });
}

/** How many events did not concern a workflow at all, by the hour. */
export function readTriggerCounts(
  project: string,
  workflow: string | undefined,
  hours: number,
  signal: AbortSignal,
): Promise<TriggerCountList> {
  return fetchJson(`/api/ledger/counts${queryString({ project, workflow, hours })}`, triggerCountListSchema, {
    signal,
  });
}

/** One event with its payload. */
export function readEvent(id: string, signal: AbortSignal): Promise<EventDetail> {
  return fetchJson(`/api/events/${encodeURIComponent(id)}`, eventDetailSchema, { signal });
}

/** Lets an event happen again: every trigger is asked anew. */
export function replayEvent(project: string, id: string): Promise<Replay> {
  const url = `/api/events/${encodeURIComponent(id)}/replay${queryString({ project })}`;
  return fetchJson(url, replaySchema, { method: "POST", body: {} });
}

/** What a draft would have done about the last events. Nothing is executed and nothing is stored. */
export function dryRun(project: string, text: string, events: number): Promise<DryRun> {
  const url = `/api/workflows/dry-run${queryString({ project })}`;
  return fetchJson(url, dryRunSchema, { method: "POST", body: { text, events } });
}

const webhooks = (project: string, workflow: string, rest = "") =>
  `/api/workflows/${encodeURIComponent(workflow)}/webhooks${rest}${queryString({ project })}`;

/** The addresses at which a workflow is called. */
export function readWebhooks(project: string, workflow: string, signal: AbortSignal): Promise<WebhookTriggerList> {
  return fetchJson(webhooks(project, workflow), webhookTriggerListSchema, { signal });
}

/** A new secret for a webhook trigger, shown this once; the one before ends at once. */
export function makeWebhookSecret(project: string, workflow: string, trigger: string): Promise<WebhookSecret> {
  const url = webhooks(project, workflow, `/${encodeURIComponent(trigger)}/secret`);
  return fetchJson(url, webhookSecretSchema, { method: "POST", body: {} });
}
