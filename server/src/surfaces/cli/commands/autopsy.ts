import { findIncident } from "../../../domains/incident/index.ts";
import { loadAutopsies } from "../../../domains/repair/index.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { autopsyText } from "../autopsy-text.ts";
import type { Command } from "../command.ts";

export const autopsy: Command = {
  name: "autopsy",
  summary: "Show an incident's root cause, what to do, the prompt for a coding tool, and what each answer cost.",
  flags: {
    json: { type: "boolean", doc: "Print JSON: every answer, every attempt at a patch, and the evidence." },
    prompt: { type: "boolean", doc: "Print the prompt for a coding tool alone." },
  },
  positionals: ["INCIDENT"],
  async run(ctx, { flags, words: [publicId = ""] }) {
    const database = await ctx.openDatabase();
    const { id } = await findIncident(database.db, fromPublicId("inc", publicId), null);
    const autopsies = await database.snapshot((tx) => loadAutopsies(tx, id));
    const [current] = autopsies.answers;
    if (flags.json === true) ctx.print(JSON.stringify(autopsies));
    else if (current === undefined) ctx.say("No autopsy of it was written yet.");
    else if (flags.prompt === true) ctx.print(current.ai_fix_prompt.split("\n"));
    else ctx.print(autopsyText(autopsies));
    return current === undefined ? 1 : 0;
  },
};
