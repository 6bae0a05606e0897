import type { WorkflowSummary } from "@culprit/contract";
import { listWorkflows } from "../../../domains/workflow/index.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { tableText } from "../format.ts";

export const workflowList: Command = {
  name: "workflow list",
  summary: "List the workflows that a project can run, its own and the built-in ones.",
  flags: { ...projectFlag, json: { type: "boolean", doc: "Print JSON." } },
  positionals: [],
  async run(ctx, { flags }) {
    const { db } = await ctx.openDatabase();
    const projectId = await chooseProject(db, flags.project);
    const all: WorkflowSummary[] = [];
    let cursor: string | undefined;
    do {
      const page = await listWorkflows(db, { projectId, limit: 100, cursor });
      all.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    if (flags.json === true) {
      ctx.print(JSON.stringify({ items: all }));
      return 0;
    }
    const rows = all.map((one) => [
      one.name,
      one.status,
      String(one.version),
      one.is_protected
        ? "built in"
        : one.has_upgrade
          ? "copy, upgrade there"
          : one.copied_from !== null
            ? "copy"
            : one.source,
      one.trigger_types.join(" "),
      String(one.stats.total_executions),
      String(one.stats.failed_executions),
    ]);
    for (const line of tableText(
      ["name", "status", " version", "kept", "triggers", " runs in 30 days", " failed"],
      rows,
    ))
      ctx.print(line);
    return 0;
  },
};
