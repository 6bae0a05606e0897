import { eventListQuerySchema } from "@culprit/contract";
import { listEvents } from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { tableText } from "../format.ts";

export const eventList: Command = {
  name: "event list",
  summary: "List what happened, newest first, and what it set going.",
  flags: {
    ...projectFlag,
    type: { type: "string", doc: "The kind of event, `incident.*` for all of a family." },
    state: { type: "string", doc: "waiting, matched or refused." },
    limit: { type: "string", doc: "How many, at most 100; 50 unless said." },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: [],
  async run(ctx, { flags }) {
    const { type, state, limit } = flags;
    const parsed = eventListQuerySchema.safeParse({ type, state, limit });
    if (!parsed.success) {
      const field = parsed.error.issues[0]?.path.join(".") ?? "";
      const wanted = field === "state" ? "waiting, matched or refused" : "a number from 1 to 100";
      throw new CulpritError("INVALID_REQUEST", `--${field} is ${JSON.stringify(flags[field])}; say ${wanted}.`);
    }
    const { db } = await ctx.openDatabase();
    const projectId = await chooseProject(db, flags.project);
    const list = await listEvents(db, { ...parsed.data, projectId });
    if (flags.json === true) ctx.print(JSON.stringify(list));
    else {
      const rows = list.items.map((one) => [
        one.created_at.slice(0, 19),
        one.id,
        one.replay_of === null ? one.type : `${one.type} (replay)`,
        one.subject ?? "",
        one.state === "matched" ? `${one.ran_count} ran, ${one.did_not_run_count} did not` : one.state,
      ]);
      for (const line of tableText(["at", "id", "type", "about", "outcome"], rows)) ctx.print(line);
      if (list.next_cursor !== null) ctx.say("There are more: narrow them with --type, or raise --limit.");
    }
    return 0;
  },
};
