import { replayEvents } from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";

export const eventReplay: Command = {
  name: "event replay",
  summary: "Make events happen again: triggers are asked as they are now. A running Culprit does the rest.",
  flags: { ...projectFlag, json: { type: "boolean", doc: "Print JSON." } },
  positionals: ["EVENT", "[EVENT…]"],
  async run(ctx, { flags, words }) {
    if (words.length === 0)
      throw new CulpritError("INVALID_REQUEST", "Say which events: culprit event replay EVENT [EVENT…]");
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    const eventIds = words.map((id) => fromPublicId("evt", id));
    const replay = await replayEvents(database, { projectId, eventIds });
    if (flags.json === true) ctx.print(JSON.stringify(replay));
    else for (const { id, replay_of } of replay.items) ctx.print(`${id} replays ${replay_of}`);
    return 0;
  },
};
