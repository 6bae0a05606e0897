import { retryExecution } from "../../../domains/workflow/index.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import { openQueue } from "../../../platform/queue/queue.ts";
import type { Command } from "../command.ts";
import { atTerminal } from "../workflow-text.ts";

export const workflowReplay: Command = {
  name: "workflow replay",
  summary: "Run an execution that has ended anew, with what started it and the newest version of its workflow.",
  flags: {},
  positionals: ["EXECUTION"],
  async run(ctx, { words: [publicId = ""] }) {
    const database = await ctx.openDatabase();
    const executionId = fromPublicId("exec", publicId);
    const queue = await openQueue(database, ctx.log);
    try {
      ctx.print(toPublicId("exec", await retryExecution(database, queue, { executionId, by: atTerminal.name })));
    } finally {
      await queue.close(1000);
    }
    return 0;
  },
};
