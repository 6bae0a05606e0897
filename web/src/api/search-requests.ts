import { type RunbookList, runbookListSchema, type SearchReply, searchSchema } from "@culprit/contract";
import { z } from "zod";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

/** The best of runbooks, diffs and past incidents for a question. */
export function search(project: string, q: string, collection: string | undefined, signal: AbortSignal) {
  const path = `/api/search${queryString({ project, q, collection })}`;
  return fetchJson(path, searchSchema, { signal }) satisfies Promise<SearchReply>;
}

/** A project's runbooks by title. */
export function readRunbooks(project: string, signal: AbortSignal): Promise<RunbookList> {
  return fetchJson(`/api/runbooks${queryString({ project, limit: 100 })}`, runbookListSchema, { signal });
}

export interface NewRunbook {
  readonly title: string;
  readonly content: string;
  readonly service_key?: string;
}

/** Adds a runbook; one of the same title is replaced. */
export async function saveRunbook(project: string, runbook: NewRunbook): Promise<void> {
  await fetchJson(`/api/runbooks${queryString({ project })}`, z.unknown(), { method: "POST", body: runbook });
}

/** Removes a runbook. */
export async function removeRunbook(project: string, id: string): Promise<void> {
  const path = `/api/runbooks/${encodeURIComponent(id)}${queryString({ project })}`;
  await fetchJson(path, z.unknown(), { method: "DELETE" });
}
