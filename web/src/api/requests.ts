import {
  type FeedbackInput,
  type FeedbackList,
  feedbackListSchema,
  type IncidentDetail,
  type IncidentList,
  incidentDetailSchema,
  incidentListSchema,
  meSchema,
  type Project,
  type ProjectCreated,
  projectCreatedSchema,
  projectListSchema,
  type ReopenedEvidence,
  reopenedEvidenceSchema,
  type StatusFilter,
} from "@culprit/contract";
import { z } from "zod";
import { fetchJson } from "./fetch-json.ts";

export interface IncidentFilter {
  readonly status?: StatusFilter | undefined;
  readonly project?: string | undefined;
  readonly service?: string | undefined;
}

/** Who is signed in; fails with status 401 where nobody is. */
export function readMe(signal: AbortSignal): Promise<z.infer<typeof meSchema>> {
  return fetchJson("/api/me", meSchema, { signal });
}

/** One page of incidents, the newest sign of life first. */
export function readIncidents(
  filter: IncidentFilter,
  cursor: string | null,
  signal: AbortSignal,
): Promise<IncidentList> {
  const query = new URLSearchParams({ limit: "50" });
  if (filter.status) query.set("status", filter.status);
  if (filter.project) query.set("project", filter.project);
  if (filter.service) query.set("service", filter.service);
  if (cursor) query.set("cursor", cursor);
  return fetchJson(`/api/incidents?${query}`, incidentListSchema, { signal });
}

/** All that is known of one incident. */
export function readIncident(id: string, signal: AbortSignal): Promise<IncidentDetail> {
  return fetchJson(`/api/incidents/${encodeURIComponent(id)}`, incidentDetailSchema, { signal });
}

/** What a piece of evidence shows now. */
export function reopenEvidence(id: string, signal: AbortSignal): Promise<ReopenedEvidence> {
  return fetchJson(`/api/evidence/${encodeURIComponent(id)}/reopen`, reopenedEvidenceSchema, { signal });
}

/** Resolves or reopens an incident. */
export async function moveIncident(id: string, status: "resolved" | "open"): Promise<void> {
  await fetchJson(`/api/incidents/${encodeURIComponent(id)}`, z.unknown(), { method: "PATCH", body: { status } });
}

/** What was said about an incident, oldest first. */
export function readFeedback(id: string, signal: AbortSignal): Promise<FeedbackList> {
  return fetchJson(`/api/incidents/${encodeURIComponent(id)}/feedback`, feedbackListSchema, { signal });
}

/** Says something about an incident. */
export async function sendFeedback(id: string, event: FeedbackInput): Promise<void> {
  await fetchJson(`/api/incidents/${encodeURIComponent(id)}/feedback`, z.unknown(), { method: "POST", body: event });
}

/** The projects that this person may see. */
export async function readProjects(signal: AbortSignal): Promise<readonly Project[]> {
  return (await fetchJson("/api/projects", projectListSchema, { signal })).projects;
}

/** A new project with its keys, which no later answer shows again. */
export function createProject(input: { name: string; repository?: string }): Promise<ProjectCreated> {
  return fetchJson("/api/projects", projectCreatedSchema, { method: "POST", body: input });
}

/** Asks for another investigation of an incident; it runs on its own. */
export async function investigateAgain(id: string): Promise<void> {
  await fetchJson(`/api/incidents/${encodeURIComponent(id)}/investigate`, z.unknown(), { method: "POST", body: {} });
}

/** Decides by hand whether an incident is looked into; the reason is kept with the decision. */
export async function decideIncident(id: string, decision: "approve" | "suppress", reason: string): Promise<void> {
  const path = `/api/incidents/${encodeURIComponent(id)}/${decision}`;
  await fetchJson(path, z.unknown(), { method: "POST", body: { reason } });
}

/** Ends the session of this browser. */
export async function signOut(): Promise<void> {
  await fetchJson("/api/auth/logout", z.unknown(), { method: "POST", body: {} });
}
