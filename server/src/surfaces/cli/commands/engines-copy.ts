import { copyTelemetry } from "../../../domains/telemetry/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Command } from "../command.ts";

export const enginesCopy: Command = {
  name: "engines copy",
  summary:
    "Copy the telemetry that the database holds to the ClickHouse of CLICKHOUSE_URL, when it takes over. Safe to run again, and while Culprit runs.",
  flags: { json: { type: "boolean", doc: "Print JSON." } },
  positionals: [],
  async run(ctx, { flags }) {
    const database = await ctx.openDatabase();
    const to = await ctx.openTelemetry();
    try {
      if (to.engine === "postgres")
        throw new CulpritError(
          "CONFIG_INVALID",
          "There is nowhere to copy to: set CLICKHOUSE_URL first. Telemetry goes to the database until then.",
          { details: { field: "clickhouseUrl" } },
        );
      const { points, spans, logs, features } = await copyTelemetry(database, to, (line) => ctx.say(line));
      if (flags.json === true) ctx.print(JSON.stringify({ points, spans, logs, features }));
      else ctx.print(`Copied ${points} points, ${spans} spans, ${logs} log lines and ${features} features.`);
      return 0;
    } finally {
      await to.close();
    }
  },
};
