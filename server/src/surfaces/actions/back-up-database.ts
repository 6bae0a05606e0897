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
  async run(_input, ctx, services) {
    if (services.upkeep.settings.backupKeep === 0)
      return { did_run: false, reason: "backupKeep is 0: none is made by itself.", run_id: null, details: {} };
    return upkeepRun(ctx, services, () => backUp(services.upkeep, (line) => ctx.progress(line)));
  },
});
