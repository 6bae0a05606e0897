import { z } from "zod";
import { backUp } from "../../domains/upkeep/index.ts";
import { action } from "./action-services.ts";
import { upkeepOutput, upkeepRun } from "./shared/upkeep-run.ts";

export default action({
  name: "back_up_database",
  title: "Back up the database",
  summary:
    "Copies the database to a new folder, reads every file of it back, and then takes away what is more than is kept.",
  group: "upkeep",
  input: z.strictObject({}),
  output: upkeepOutput,
  repeat: "none",
  isHeavy: true,
  run: (_input, ctx, services) => upkeepRun(ctx, services, () => backUp(services.upkeep, (line) => ctx.progress(line))),
});
