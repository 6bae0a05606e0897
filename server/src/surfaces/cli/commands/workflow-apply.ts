import { changeWorkflow, readReadyWorkflows, takeReadyWorkflow } from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { loadCatalogue } from "../../actions/load-catalogue.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { atTerminal, problemLines, readWorkflowFile } from "../workflow-text.ts";

export const workflowApply: Command = {
  name: "workflow apply",
  summary: "Check workflow files and save them: new ones, or a further version of those with their names.",
  flags: {
    ...projectFlag,
    ready: { type: "string", doc: "Take the ready workflow of this name instead; it runs from now on." },
  },
  positionals: ["[FILE…]"],
  async run(ctx, { flags, words }) {
    const actions = await loadCatalogue();
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    if (typeof flags.ready === "string") {
      const request = { projectId, name: flags.ready, status: "active", by: atTerminal } as const;
      const taken = await takeReadyWorkflow(database, actions, readReadyWorkflows(actions), request);
      ctx.print(`${flags.ready}: ${toPublicId("wf", taken.workflowId)} made`);
    } else if (words.length === 0)
      throw new CulpritError(
        "INVALID_REQUEST",
        "Nothing to apply: culprit workflow apply FILE, or culprit workflow apply --ready NAME",
      );
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
