import { changeWorkflow } from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { loadCatalogue } from "../../actions/load-catalogue.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { atTerminal, problemLines, readWorkflowFile } from "../workflow-text.ts";

export const workflowApply: Command = {
  name: "workflow apply",
  summary: "Check workflow files and save them: new ones, or a further version of those with their names.",
  flags: projectFlag,
  positionals: ["FILE", "[FILE…]"],
  async run(ctx, { flags, words }) {
    const actions = await loadCatalogue();
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    let hasFailed = false;
    for (const file of words) {
      const written = { text: readWorkflowFile(file) };
      try {
        const saved = await changeWorkflow(database, actions, { projectId, written, by: atTerminal });
        for (const line of problemLines(file, saved.warnings)) ctx.say(line);
        const what = saved.isNew ? "made" : saved.isChanged ? `saved as version ${saved.version}` : "as it was";
        ctx.print(`${file}: ${toPublicId("wf", saved.workflowId)} ${what}`);
      } catch (error) {
        if (!(error instanceof CulpritError && error.code === "WORKFLOW_INVALID")) throw error;
        hasFailed = true;
        for (const line of problemLines(file, error.details.problems ?? [])) ctx.say(line);
      }
    }
    return hasFailed ? 1 : 0;
  },
};
