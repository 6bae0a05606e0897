import { z } from "zod";
import { watchSchema } from "../../domains/change/index.ts";
import { action } from "./action-services.ts";

export default action({
  name: "watch_database_schema",
  title: "Watch a database's schema",
  summary:
    "Reads the tables, columns, constraints and indexes of a PostgreSQL database, nothing else of it, and records what differs from the last look as changes that can be a cause.",
  group: "data",
  input: z.strictObject({
    target: z.string().min(1).max(200).describe("The database, as you call it."),
    url: z
      .string()
      .min(1)
      .max(2000)
      .describe("Its address with a user that may read information_schema; a secret of the project, by a template."),
    environment: z.string().min(1).max(50).default("production").describe("The environment that it belongs to."),
    service: z.string().min(1).max(255).optional().describe("The service that uses it; left out for all of them."),
  }),
  output: z.strictObject({
    objects: z.number().int().describe("Tables, columns, constraints and indexes that were read."),
    changed: z.array(z.string()).describe("Tables that differ from the last look; empty at the first one."),
  }),
  repeat: "idempotent",
  async run({ target, url, environment, service = null }, ctx, services) {
    const objects = await services.schemaReader.read(url, ctx.signal);
    const readAt = services.now();
    const changed = await watchSchema(services.database, {
      ...{ projectId: ctx.projectId, target, environment, service, objects, readAt },
    });
    for (const table of changed) ctx.log("INFO", `${table} changed`);
    return { objects: Object.keys(objects).length, changed: [...changed] };
  },
});
