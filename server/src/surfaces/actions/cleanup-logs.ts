import { z } from "zod";
import { cleanUpLogs } from "../../domains/upkeep/index.ts";
import { action } from "./action-services.ts";
import { upkeepOutput, upkeepRun } from "./shared/upkeep-run.ts";

export default action({
  name: "cleanup_logs",
  title: "Clean up logs",
  summary: "Takes away logs of executions that are older than the retention says: old months whole, then row by row.",
  group: "upkeep",
  input: z.strictObject({}),
  output: upkeepOutput,
  repeat: "none",
  run: (_input, ctx, services) => upkeepRun(ctx, services, () => cleanUpLogs(services.upkeep)),
});
