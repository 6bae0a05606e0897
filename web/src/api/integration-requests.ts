import {
  type Delivery,
  type DeliveryList,
  deliveryListSchema,
  type HandsOffInput,
  type HandsOffList,
  handsOffListSchema,
  type IntegrationDetail,
  type IntegrationEventDetail,
  type IntegrationEventList,
  type IntegrationInput,
  type IntegrationList,
  type IntegrationPatch,
  type IntegrationTypeList,
  integrationDetailSchema,
  integrationEventDetailSchema,
  integrationEventListSchema,
  integrationListSchema,
  integrationTypeListSchema,
} from "@culprit/contract";
import { z } from "zod";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

/** The types of integrations with what each needs to know. */
export function readIntegrationTypes(signal: AbortSignal): Promise<IntegrationTypeList> {
  return fetchJson("/api/integration-types", integrationTypeListSchema, { signal });
}

/** The integrations of a project, by name. */
export function readIntegrations(project: string, signal: AbortSignal): Promise<IntegrationList> {
  return fetchJson(`/api/integrations${queryString({ project, limit: 100 })}`, integrationListSchema, { signal });
}

const path = (id: string, rest = "") => `/api/integrations/${encodeURIComponent(id)}${rest}`;

/** One integration; its credentials are never told. */
export function readIntegration(id: string, signal: AbortSignal): Promise<IntegrationDetail> {
  return fetchJson(path(id), integrationDetailSchema, { signal });
}

/** A new integration of a project. */
export function createIntegration(project: string, body: IntegrationInput): Promise<IntegrationDetail> {
  return fetchJson(`/api/integrations${queryString({ project })}`, integrationDetailSchema, { method: "POST", body });
}

/** Changes what is given; credentials that are left out stay. */
export function changeIntegration(id: string, body: IntegrationPatch): Promise<IntegrationDetail> {
  return fetchJson(path(id), integrationDetailSchema, { method: "PATCH", body });
}

/** Takes an integration away. */
export async function removeIntegration(id: string): Promise<void> {
  await fetchJson(path(id), z.unknown(), { method: "DELETE" });
}

/** Asks the other side now how it fares. */
export function checkIntegration(id: string): Promise<IntegrationDetail> {
  return fetchJson(path(id, "/check"), integrationDetailSchema, { method: "POST", body: {} });
}

export interface InboxFilter {
  readonly project?: string | undefined;
  readonly integration?: string | undefined;
  readonly status?: IntegrationEventList["items"][number]["status"] | undefined;
}

/** What came in, newest first. */
export function readInbox(
  filter: InboxFilter,
  cursor: string | null,
  signal: AbortSignal,
): Promise<IntegrationEventList> {
  const url = `/api/integration-events${queryString({ ...filter, limit: 50, cursor })}`;
  return fetchJson(url, integrationEventListSchema, { signal });
}

/** One delivery that came in, with its payload. */
export function readInboxEvent(id: string, signal: AbortSignal): Promise<IntegrationEventDetail> {
  return fetchJson(`/api/integration-events/${encodeURIComponent(id)}`, integrationEventDetailSchema, { signal });
}

/** Takes a delivery up again that was given up or ignored. */
export async function replayInboxEvent(id: string): Promise<void> {
  await fetchJson(`/api/integration-events/${encodeURIComponent(id)}/replay`, z.unknown(), {
    method: "POST",
    body: {},
  });
}

export interface DeliveryFilter {
  readonly project?: string | undefined;
  readonly integration?: string | undefined;
  readonly status?: Delivery["status"] | undefined;
}

/** What went out, newest first. */
export function readDeliveries(
  filter: DeliveryFilter,
  cursor: string | null,
  signal: AbortSignal,
): Promise<DeliveryList> {
  return fetchJson(`/api/deliveries${queryString({ ...filter, limit: 50, cursor })}`, deliveryListSchema, { signal });
}

/** The hands-off switches that stand. */
export function readHandsOff(signal: AbortSignal): Promise<HandsOffList> {
  return fetchJson("/api/hands-off", handsOffListSchema, { signal });
}

/** Stops every outward effect of Culprit, a project or a service. */
export async function setHandsOff(body: HandsOffInput): Promise<void> {
  await fetchJson("/api/hands-off", z.unknown(), { method: "PUT", body });
}

/** Lets effects out again. */
export async function clearHandsOff(project: string | null, service: string | null): Promise<void> {
  await fetchJson(`/api/hands-off${queryString({ project, service })}`, z.unknown(), { method: "DELETE" });
}
