import type { Command } from "../command.ts";

export const start: Command = {
  name: "start",
  isFirst: true,
  summary: "Start Culprit: takes signals in, investigates, serves the page.",
  flags: {},
  positionals: [],
  async run(ctx) {
    await ctx.serve();
    return 0;
  },
};
