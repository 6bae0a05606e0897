import { z } from "zod";
import { isNewestExecution } from "../../domains/workflow/index.ts";
import { action } from "./action-services.ts";

export default action({
  name: "newest_execution",
  title: "Ask whether this is the newest execution",
  summary:
    "Says whether no later execution of the same workflow about the same incident was started. After a delay, what was started in quick succession is so answered once, by the last.",
  group: "incident",
  input: z.strictObject({}),
  output: z.strictObject({ is_newest: z.boolean().describe("False where a later one does the work of this one too.") }),
  repeat: "idempotent",
  async run(_input, ctx, { database }) {
    const isNewest = await isNewestExecution(database.db, ctx.executionId);
    if (!isNewest) ctx.progress("A later execution does the work of this one too.");
    return { is_newest: isNewest };
  },
});
