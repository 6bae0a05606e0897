import { z } from "zod";
import { cleanUpExecutions } from "../../domains/upkeep/index.ts";
import { action } from "./action-services.ts";
import { upkeepOutput, upkeepRun } from "./shared/upkeep-run.ts";

export default action({
  name: "cleanup_executions",
  title: "Clean up executions",
  summary: "Takes away ended executions of no incident, cancelled ones too, that are older than the retention says.",
  group: "upkeep",
  input: z.strictObject({}),
  output: upkeepOutput,
  repeat: "none",
  run: (_input, ctx, services) => upkeepRun(ctx, services, () => cleanUpExecutions(services.upkeep)),
});
