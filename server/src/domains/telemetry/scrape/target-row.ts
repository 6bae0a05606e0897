import type { ScrapeTarget } from "@culprit/contract";
import { sql } from "kysely";
import { toPublicId } from "../../../platform/ids/ids.ts";

/** A row of `scrape_targets` as it is shown. */
export interface TargetRow {
  readonly id: string;
  readonly project_id: string;
  readonly url: string;
  readonly service_key: string;
  readonly environment: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly interval_s: number;
  readonly timeout_s: number;
  readonly is_enabled: boolean;
  readonly last_scrape_at: Date | null;
  readonly last_duration_ms: number | null;
  readonly last_samples: number | null;
  readonly last_error: string | null;
  readonly created_at: Date;
}

export const targetColumns = sql`id, project_id, url, service_key, environment, labels, interval_s, timeout_s, is_enabled, last_scrape_at,
  last_duration_ms, last_samples, last_error, created_at`;

/** The row in the API's words; what authorizes is never among them. */
export function toScrapeTarget(row: TargetRow): ScrapeTarget {
  return {
    id: toPublicId("scr", row.id),
    project_id: toPublicId("proj", row.project_id),
    url: row.url,
    service_key: row.service_key,
    environment: row.environment,
    labels: { ...row.labels },
    interval_s: row.interval_s,
    timeout_s: row.timeout_s,
    is_enabled: row.is_enabled,
    health: row.last_scrape_at === null ? "new" : row.last_error === null ? "up" : "down",
    last_scrape_at: row.last_scrape_at?.toISOString() ?? null,
    last_duration_ms: row.last_duration_ms,
    last_samples: row.last_samples,
    last_error: row.last_error,
    created_at: row.created_at.toISOString(),
  };
}
