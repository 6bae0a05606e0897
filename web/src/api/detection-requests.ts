import {
  type DetectorView,
  detectorListSchema,
  detectorSchema,
  type GateHistoryReply,
  type GatePolicyView,
  gateHistoryReplySchema,
  gatePolicyViewSchema,
  type MaintenanceView,
  maintenanceSchema,
  type ShadowDecision,
  shadowListSchema,
} from "@culprit/contract";
import { z } from "zod";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

const maintenanceListSchema = z.object({ items: z.array(maintenanceSchema) });
const policyListSchema = z.object({ items: z.array(gatePolicyViewSchema) });

/** What a project's detectors look for. */
export async function readDetectors(project: string, signal: AbortSignal): Promise<readonly DetectorView[]> {
  return (await fetchJson(`/api/detectors${queryString({ project })}`, detectorListSchema, { signal })).items;
}

export interface DetectorChange {
  readonly name: string;
  readonly kind?: DetectorView["kind"];
  readonly service?: string;
  readonly enabled?: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

/** Sets a detector; what is left out of its settings stays. */
export function saveDetector(project: string, { name, ...body }: DetectorChange): Promise<DetectorView> {
  const path = `/api/detectors/${encodeURIComponent(name)}${queryString({ project })}`;
  return fetchJson(path, detectorSchema, { method: "PUT", body });
}

/** Announced maintenance, that which stands among it. */
export async function readMaintenance(project: string, signal: AbortSignal): Promise<readonly MaintenanceView[]> {
  return (await fetchJson(`/api/maintenance-windows${queryString({ project })}`, maintenanceListSchema, { signal }))
    .items;
}

export interface MaintenanceNotice {
  readonly service?: string;
  readonly environment?: string;
  readonly starts_at?: string;
  readonly ends_at: string;
  readonly reason: string;
}

/** Announces maintenance. */
export function announceMaintenance(project: string, notice: MaintenanceNotice): Promise<MaintenanceView> {
  const path = `/api/maintenance-windows${queryString({ project })}`;
  return fetchJson(path, maintenanceSchema, { method: "POST", body: notice });
}

/** Ends maintenance before its time. */
export async function endMaintenance(project: string, id: string): Promise<void> {
  const path = `/api/maintenance-windows/${encodeURIComponent(id)}/end${queryString({ project })}`;
  await fetchJson(path, z.unknown(), { method: "POST", body: {} });
}

/** The gate's policies, the built-in one among them. */
export async function readPolicies(project: string, signal: AbortSignal): Promise<readonly GatePolicyView[]> {
  return (await fetchJson(`/api/gate-policies${queryString({ project })}`, policyListSchema, { signal })).items;
}

/** Keeps a policy as a draft, which decides nothing yet. */
export function writePolicy(project: string, policy: unknown, reason: string): Promise<GatePolicyView> {
  const body = { policy, reason };
  return fetchJson(`/api/gate-policies${queryString({ project })}`, gatePolicyViewSchema, { method: "POST", body });
}

/** What a policy would have decided about the incidents of the last days. */
export function tryPolicy(project: string, policy: unknown, days: number): Promise<GateHistoryReply> {
  const path = `/api/gate-policies/dry-run${queryString({ project })}`;
  return fetchJson(path, gateHistoryReplySchema, { method: "POST", body: { policy, days } });
}

/** Lets a policy decide, or decide in shadow, or no longer. */
export async function movePolicy(
  project: string,
  version: number,
  status: "shadow" | "active" | "retired",
): Promise<void> {
  const path = `/api/gate-policies/${version}/status${queryString({ project })}`;
  await fetchJson(path, z.unknown(), { method: "POST", body: { status } });
}

/** What a policy in shadow would have decided otherwise since it is there. */
export async function readShadow(
  project: string,
  version: number,
  signal: AbortSignal,
): Promise<readonly ShadowDecision[]> {
  const path = `/api/gate-policies/${version}/shadow${queryString({ project, differences: "true" })}`;
  return (await fetchJson(path, shadowListSchema, { signal })).items;
}
