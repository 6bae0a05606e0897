import { type ScrapeTargetInput, type ScrapeTargetList, scrapeTargetListSchema } from "@culprit/contract";
import { z } from "zod";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

/** The pages of metrics that Culprit reads for a project, and how the last reading went. */
export function readScrapeTargets(project: string, signal: AbortSignal): Promise<ScrapeTargetList> {
  return fetchJson(`/api/scrape-targets${queryString({ project, limit: 100 })}`, scrapeTargetListSchema, { signal });
}

/** Adds a page to read. */
export async function addScrapeTarget(project: string, target: Partial<ScrapeTargetInput>): Promise<void> {
  await fetchJson(`/api/scrape-targets${queryString({ project })}`, z.unknown(), { method: "POST", body: target });
}

/** Lets a page rest, or be read again. */
export async function switchScrapeTarget(id: string, isEnabled: boolean): Promise<void> {
  const path = `/api/scrape-targets/${encodeURIComponent(id)}`;
  await fetchJson(path, z.unknown(), { method: "PATCH", body: { is_enabled: isEnabled } });
}

/** Stops reading a page for good; what was read of it stays. */
export async function removeScrapeTarget(id: string): Promise<void> {
  await fetchJson(`/api/scrape-targets/${encodeURIComponent(id)}`, z.unknown(), { method: "DELETE" });
}
