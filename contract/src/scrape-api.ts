import { z } from "zod";
import { listOf, listQuery } from "./list.ts";

/* Pages of metrics that Culprit reads itself. */

const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/, "it must be a label's name: letters, digits and _");

/** Body of `POST /api/scrape-targets`. */
export const scrapeTargetInputSchema = z
  .object({
    url: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .refine((url) => !/^[a-z]+:\/\/[^/?#]*@/i.test(url), "it may hold no user and password; use authorization"),
    /** Name of the service that the page speaks of, or its whole key `cluster/namespace/service`. */
    service: z.string().trim().min(1).max(400),
    environment: z.string().trim().min(1).max(50).default("production"),
    labels: z.record(labelName, z.string().max(200)).default({}),
    interval_s: z.number().int().min(5).max(3600).default(15),
    /** At most the interval; a shorter interval shortens it. */
    timeout_s: z.number().int().min(1).max(60).default(10),
    /** Sent as the header Authorization, kept encrypted and never shown. */
    authorization: z.string().min(1).max(4000).optional(),
  })
  .strict();
export type ScrapeTargetInput = z.infer<typeof scrapeTargetInputSchema>;

/** Body of `PATCH /api/scrape-targets/:id`. */
export const scrapeTargetPatchSchema = z.object({ is_enabled: z.boolean() }).strict();

export const scrapeTargetSchema = z.object({
  id: z.string(),
  project_id: z.string(),
  url: z.string(),
  service_key: z.string(),
  environment: z.string(),
  labels: z.record(z.string(), z.string()),
  interval_s: z.number(),
  timeout_s: z.number(),
  is_enabled: z.boolean(),
  /** `new` until it was read. */
  health: z.enum(["new", "up", "down"]),
  last_scrape_at: z.string().nullable(),
  last_duration_ms: z.number().nullable(),
  last_samples: z.number().nullable(),
  last_error: z.string().nullable(),
  created_at: z.string(),
});
export type ScrapeTarget = z.infer<typeof scrapeTargetSchema>;

/** Answer of `POST /api/scrape-targets`. */
export const addedScrapeTargetSchema = scrapeTargetSchema.extend({
  /** Why the page will not be read as things are, such as a private address that the server may not call. */
  warning: z.string().optional(),
});
export type AddedScrapeTarget = z.infer<typeof addedScrapeTargetSchema>;

export const scrapeTargetListQuerySchema = z.strictObject(listQuery);
export const scrapeTargetListSchema = listOf(scrapeTargetSchema);
export type ScrapeTargetList = z.infer<typeof scrapeTargetListSchema>;
