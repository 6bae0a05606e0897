import { z } from "zod";
import { watchUnusedKeys } from "../../domains/upkeep/index.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import { action } from "./action-services.ts";
import { houseOnly } from "./shared/house-only.ts";

export default action({
  name: "watch_unused_keys",
  title: "Watch for unused ingest keys",
  summary:
    "Finds ingest keys that nothing was sent with for so many days; an incident of Culprit's own for each project.",
  group: "upkeep",
  input: z.strictObject({ days: z.number().int().min(1).max(365).default(30).describe("Days without any use.") }),
  output: z.strictObject({
    keys: z.array(z.strictObject({ project: z.string(), prefix: z.string(), last_used_at: z.string().nullable() })),
  }),
  repeat: "none",
  async run({ days }, ctx, services) {
    await houseOnly(ctx, services);
    const keys = await watchUnusedKeys(services.upkeep, days);
    return {
      keys: keys.map(({ projectId, prefix, lastUsedAt }) => ({
        ...{ project: toPublicId("proj", projectId), prefix },
        last_used_at: lastUsedAt?.toISOString() ?? null,
      })),
    };
  },
});
