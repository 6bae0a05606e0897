import { startManually } from "../../../domains/workflow/index.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { openQueue } from "../../../platform/queue/queue.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { atTerminal } from "../workflow-text.ts";

const CLOSE_MS = 1000;

export const workflowSync: Command = {
  name: "workflow sync",
  summary:
    "Read the workflows that the project's repository keeps in .culprit/workflows. A push to its default branch does so by itself; culprit workflow logs shows what came out.",
  flags: projectFlag,
  positionals: [],
  async run(ctx, { flags }) {
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    const queue = await openQueue(database, ctx.log);
    try {
      const workflow = { name: "sync-workflows" };
      const request = { projectId, workflow, inputs: {}, incidentId: null, by: atTerminal.name };
      ctx.print(toPublicId("exec", await startManually(database, queue, request)));
    } finally {
      await queue.close(CLOSE_MS);
    }
    return 0;
  },
};
