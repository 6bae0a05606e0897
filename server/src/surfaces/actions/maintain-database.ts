import { z } from "zod";
import { maintain } from "../../domains/upkeep/index.ts";
import { action } from "./action-services.ts";
import { upkeepOutput, upkeepRun } from "./shared/upkeep-run.ts";

export default action({
  name: "maintain_database",
  title: "Maintain the database",
  summary: "Makes partitions ahead, archives and deletes what is old, refreshes views and statistics.",
  group: "upkeep",
  input: z.strictObject({}),
  output: upkeepOutput,
  repeat: "none",
  isHeavy: true,
  run: (_input, ctx, services) =>
    upkeepRun(ctx, services, () => maintain(services.upkeep, (line) => ctx.progress(line))),
});
