import { z } from "zod";

/** The forms in which an incident is handed out. */
export const exportFormats = ["markdown", "html", "json", "pdf"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Query of `GET /api/incidents/:id/export`; `md` is short for markdown. */
export const exportQuerySchema = z.object({
  format: z.preprocess((value) => (value === "md" ? "markdown" : value), z.enum(exportFormats)).default("markdown"),
});
