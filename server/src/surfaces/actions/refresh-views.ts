import { z } from "zod";
import { refreshAllViews } from "../../domains/upkeep/index.ts";
import { action } from "./action-services.ts";
import { upkeepOutput, upkeepRun } from "./shared/upkeep-run.ts";

export default action({
  name: "refresh_views",
  title: "Refresh materialised views",
  summary: "Makes the materialised views new, without blocking readers where that is possible.",
  group: "upkeep",
  input: z.strictObject({}),
  output: upkeepOutput,
  repeat: "none",
  run: (_input, ctx, services) => upkeepRun(ctx, services, () => refreshAllViews(services.upkeep)),
});
