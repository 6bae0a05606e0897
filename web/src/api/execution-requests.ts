import {
  type ApprovalList,
  approvalListSchema,
  type ExecutionDetail,
  type ExecutionList,
  type ExecutionLogList,
  type ExecutionStatus,
  executionDetailSchema,
  executionListSchema,
  executionLogListSchema,
} from "@culprit/contract";
import { z } from "zod";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

export interface ExecutionFilter {
  readonly project?: string | undefined;
  readonly workflow?: string | undefined;
  readonly status?: ExecutionStatus | undefined;
  readonly incident?: string | undefined;
}

/** One page of executions, newest first. */
export function readExecutions(
  filter: ExecutionFilter,
  cursor: string | null,
  signal: AbortSignal,
  limit = 50,
): Promise<ExecutionList> {
  return fetchJson(`/api/executions${queryString({ ...filter, limit, cursor })}`, executionListSchema, { signal });
}

const path = (id: string, rest = "") => `/api/executions/${encodeURIComponent(id)}${rest}`;

/** One execution with its steps, approvals and deliveries. */
export function readExecution(id: string, signal: AbortSignal): Promise<ExecutionDetail> {
  return fetchJson(path(id), executionDetailSchema, { signal });
}

export interface LogFilter {
  readonly q?: string | undefined;
  readonly level?: string | undefined;
  readonly step?: string | undefined;
}

/** Lines of a log that are read at once. */
export const linesMax = 500;

/** One page of an execution's log, oldest first. */
export function readLogs(
  id: string,
  filter: LogFilter,
  cursor: string | null,
  signal: AbortSignal,
): Promise<ExecutionLogList> {
  return fetchJson(path(id, `/logs${queryString({ ...filter, limit: linesMax, cursor })}`), executionLogListSchema, {
    signal,
  });
}

export type ExecutionVerb = "cancel" | "pause" | "resume" | "retry";
const verbAnswer = z.object({ execution_id: z.string().optional() }).catch({});

/** Cancels, pauses, resumes or retries an execution; a retry answers with the id of the new one. */
export async function steerExecution(id: string, verb: ExecutionVerb): Promise<string | null> {
  const answer = await fetchJson(path(id, `/${verb}`), verbAnswer, { method: "POST", body: {} });
  return answer.execution_id ?? null;
}

/** What waits for somebody's yes or no, or was decided, of all projects that one may see. */
export function readApprovals(
  state: "waiting" | "decided",
  cursor: string | null,
  signal: AbortSignal,
): Promise<ApprovalList> {
  return fetchJson(`/api/approvals${queryString({ state, limit: 50, cursor })}`, approvalListSchema, { signal });
}

/** Answers an approval. */
export async function decideApproval(id: string, decision: "approve" | "reject", reason: string): Promise<void> {
  const body = { decision, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) };
  await fetchJson(`/api/approvals/${encodeURIComponent(id)}/decide`, z.unknown(), { method: "POST", body });
}

/** Says what became of an effect that may or may not have happened. */
export async function settleDelivery(
  id: string,
  outcome: "sent" | "not_sent",
  found: { readonly note: string; readonly reference: string },
): Promise<void> {
  const [note, reference] = [found.note.trim(), found.reference.trim()];
  const body = {
    outcome,
    ...(note === "" ? {} : { note }),
    ...(reference === "" || outcome === "not_sent" ? {} : { external_ref: reference }),
  };
  await fetchJson(`/api/deliveries/${encodeURIComponent(id)}/settle`, z.unknown(), { method: "POST", body });
}
