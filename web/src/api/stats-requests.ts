import { type Stats, statsSchema } from "@culprit/contract";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

/** What became of the incidents of the last days, and how long each step took. */
export function readStats(project: string, days: number, signal: AbortSignal): Promise<Stats> {
  return fetchJson(`/api/stats${queryString({ project, days })}`, statsSchema, { signal });
}
