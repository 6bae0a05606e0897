import { z } from "zod";
import { checkInstallation, ownSchedules } from "../../domains/upkeep/index.ts";
import { action } from "./action-services.ts";
import { upkeepOutput, upkeepRun } from "./shared/upkeep-run.ts";

export default action({
  name: "check_database",
  title: "Check the database",
  summary:
    "Looks for slow queries, unused and invalid indexes, dead rows, bloat, missing partitions, old transactions, full queues and missing backups; each is an incident of Culprit's own.",
  group: "upkeep",
  input: z.strictObject({}),
  output: upkeepOutput,
  repeat: "none",
  run: (_input, ctx, services) =>
    upkeepRun(ctx, services, async () => {
      await ownSchedules(services.upkeep);
      return checkInstallation(services.upkeep);
    }),
});
