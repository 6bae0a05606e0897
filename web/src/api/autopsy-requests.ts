import { type Autopsies, autopsiesSchema } from "@culprit/contract";
import { fetchJson } from "./fetch-json.ts";

/** Every answer about an incident's cause, the attempts at patches, and what is cited. */
export function readAutopsies(id: string, signal: AbortSignal): Promise<Autopsies> {
  return fetchJson(`/api/incidents/${encodeURIComponent(id)}/autopsies`, autopsiesSchema, { signal });
}
