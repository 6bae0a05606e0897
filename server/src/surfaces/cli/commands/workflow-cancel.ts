import { cancelExecution } from "../../../domains/workflow/index.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { openQueue } from "../../../platform/queue/queue.ts";
import type { Command } from "../command.ts";
import { atTerminal } from "../workflow-text.ts";

export const workflowCancel: Command = {
  name: "workflow cancel",
  summary: "End an execution now. What is under way outside can't be called back; nothing more goes out.",
  flags: {},
  positionals: ["EXECUTION"],
  async run(ctx, { words: [publicId = ""] }) {
    const database = await ctx.openDatabase();
    const queue = await openQueue(database, ctx.log);
    try {
      await cancelExecution(database, queue, { executionId: fromPublicId("exec", publicId), by: atTerminal.name });
      ctx.print(`${publicId} is cancelled.`);
    } finally {
      await queue.close(1000);
    }
    return 0;
  },
};
