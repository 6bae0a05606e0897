import { type ChangeList, changeListSchema } from "@culprit/contract";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

export interface ChangeFilter {
  readonly project?: string | undefined;
  readonly environment?: string | undefined;
  readonly service?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** One page of what people changed, newest first. */
export function readChanges(
  filter: ChangeFilter,
  signal: AbortSignal,
  cursor: string | null = null,
): Promise<ChangeList> {
  return fetchJson(`/api/changes${queryString({ ...filter, limit: 50, cursor })}`, changeListSchema, { signal });
}
