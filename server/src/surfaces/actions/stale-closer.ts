import { z } from "zod";
import { action } from "./action-services.ts";
import { closeStale, type StaleRules } from "./shared/close-stale.ts";
import { forgeOf, repositoryField } from "./shared/fields.ts";

const day = 86_400_000;

export default action({
  name: "stale_closer",
  title: "Close what nobody touched",
  summary:
    "Marks issues that nobody touched for long with a label and a comment, closes them when nobody answers, and takes the label off where somebody did.",
  group: "upkeep",
  input: z.strictObject({
    repository: repositoryField,
    stale_after_days: z
      .number()
      .int()
      .min(1)
      .max(3650)
      .default(60)
      .describe("Days without any activity until it is marked."),
    close_after_days: z
      .number()
      .int()
      .min(1)
      .max(3650)
      .default(7)
      .describe("Further days until a marked one is closed."),
    label: z.string().min(1).max(50).default("stale").describe("The label that marks it."),
    exempt_labels: z
      .array(z.string().max(50))
      .max(50)
      .default(["pinned", "security"])
      .describe("Labels that keep it open for ever."),
    include_pull_requests: z.boolean().default(false).describe("Pull requests too."),
    limit: z.number().int().min(1).max(100).default(30).describe("How many are marked or closed in one run."),
    dry_run: z.boolean().default(false).describe("Only say what would be done."),
  }),
  output: z.object({
    marked: z.array(z.number()).describe("Numbers that were marked."),
    closed: z.array(z.number()).describe("Numbers that were closed."),
    revived: z.array(z.number()).describe("Numbers that somebody answered, so that their mark went."),
  }),
  repeat: "lookup",
  async run(input, ctx, services) {
    const forge = await forgeOf(input, ctx, services);
    const now = services.now().getTime();
    const rules: StaleRules = {
      staleSince: new Date(now - input.stale_after_days * day),
      closeSince: new Date(now - input.close_after_days * day),
      closeAfterDays: input.close_after_days,
      staleAfterDays: input.stale_after_days,
      label: input.label,
      exempt: input.exempt_labels,
      includePullRequests: input.include_pull_requests,
      limit: input.limit,
      isDryRun: input.dry_run,
    };
    return closeStale(ctx, forge, rules);
  },
});
