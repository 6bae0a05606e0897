import { findWorkflow, loadWorkflow } from "../../../domains/workflow/index.ts";
import { runningUrlOf } from "../../public-url.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";

export const workflowShow: Command = {
  name: "workflow show",
  summary: "Print a workflow as a file.",
  flags: {
    ...projectFlag,
    json: { type: "boolean", doc: "Print JSON: also its triggers and what it did in 30 days." },
  },
  positionals: ["NAME"],
  async run(ctx, { flags, words: [name = ""] }) {
    const { db } = await ctx.openDatabase();
    const projectId = await chooseProject(db, flags.project);
    const { id } = await findWorkflow(db, { name, projectId });
    const publicUrl = await runningUrlOf(ctx.config);
    const workflow = await loadWorkflow(db, { workflowId: id, projectId, publicUrl });
    ctx.print(flags.json === true ? JSON.stringify(workflow) : workflow.yaml.trimEnd().split("\n"));
    return 0;
  },
};
