import type { Engines } from "../../open-engines.ts";
import { checkSandbox } from "../check-sandbox.ts";
import type { Command, CommandContext } from "../command.ts";

export const enginesStatus: Command = {
  name: "engines status",
  summary: "Show how the engines beside the database and the sandbox stand; exits with 1 where one is unhealthy.",
  flags: { json: { type: "boolean", doc: "Print JSON." } },
  positionals: [],
  run: (ctx, { flags }) =>
    withEngines(ctx, async (engines) => {
      const checks = [...(await engines.checks()), await checkSandbox(ctx)];
      if (flags.json === true)
        ctx.print(
          JSON.stringify({
            items: checks.map(({ engine, serves, isHealthy, message }) => ({
              engine,
              serves,
              is_healthy: isHealthy,
              message,
            })),
          }),
        );
      else
        for (const { engine, serves = "", isHealthy, message } of checks)
          ctx.print(`${serves.padEnd(10)}${engine.padEnd(10)}${isHealthy ? "ok" : "UNHEALTHY"}  ${message}`);
      return checks.every(({ isHealthy }) => isHealthy) ? 0 : 1;
    }),
};

export const enginesRebuild: Command = {
  name: "engines rebuild",
  summary:
    "Empty an engine and fill it from the database: neo4j, qdrant, embeddings or index; all that are set without a name.",
  flags: { resume: { type: "boolean", doc: "Go on where a filling was broken off, instead of from the beginning." } },
  positionals: ["[ENGINE]"],
  run: (ctx, { flags, words: [named] }) =>
    withEngines(ctx, async (engines) => {
      // Texts first, then their vectors, then who copies them.
      const order = ["index", "embeddings", "neo4j", "qdrant"].filter((name) => engines.names.includes(name));
      for (const name of named === undefined ? order : [named]) {
        if (flags.resume === true) await engines.catchUp(name);
        else await engines.rebuild(name, (line) => ctx.say(line));
        ctx.print(`${name} is complete.`);
      }
      return 0;
    }),
};

/** Runs a command's work with the engines of the settings. */
export async function withEngines<T>(ctx: CommandContext, act: (engines: Engines) => Promise<T>): Promise<T> {
  const engines = await ctx.openEngines();
  try {
    return await act(engines);
  } finally {
    await engines.close();
  }
}
