import type { IntegrationDetail } from "@culprit/contract";
import {
  askIntegration,
  createIntegration,
  deleteIntegration,
  describeTypes,
  type IntegrationServices,
  listIntegrations,
  loadIntegration,
  replayIntegrationEvent,
} from "../../../domains/integration/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { withIntegrations } from "../with-integrations.ts";
import { atTerminal } from "../workflow-text.ts";

const jsonFlag = { json: { type: "boolean", doc: "Print JSON." } } as const;

export const integrationTypes: Command = {
  name: "integration types",
  summary: "List the integrations that there are, and what each asks for.",
  flags: jsonFlag,
  positionals: [],
  run: (ctx, { flags }) =>
    withIntegrations(ctx, async (services) => {
      const types = describeTypes(services);
      if (flags.json === true) ctx.print(JSON.stringify({ items: types }));
      else
        for (const { type, title, help, config, credentials } of types)
          ctx.print([
            `${type}  ${title}`,
            `  ${help}`,
            `  config: ${fieldsOf(config)}`,
            `  credentials: ${fieldsOf(credentials)}`,
          ]);
      return 0;
    }),
};

export const integrationList: Command = {
  name: "integration list",
  summary: "List a project's integrations with their health.",
  flags: { ...projectFlag, ...jsonFlag },
  positionals: [],
  run: (ctx, { flags }) =>
    withIntegrations(ctx, async (services) => {
      const projectId = await chooseProject(services.database.db, flags.project);
      const { items } = await listIntegrations(services, services.database.db, { projectId, limit: 1000 });
      if (flags.json === true) ctx.print(JSON.stringify({ items }));
      else
        for (const one of items) {
          const state = one.is_enabled ? one.health_status : "switched off";
          ctx.print(
            `${one.id}  ${one.name}  ${one.type}  ${state}${one.health_reason === null ? "" : `: ${one.health_reason}`}`,
          );
        }
      if (items.length === 0) ctx.say("There is none yet. Make one with: culprit integration add TYPE NAME");
      return 0;
    }),
};

export const integrationAdd: Command = {
  name: "integration add",
  summary: "Make an integration, which the server then checks, and print where the vendor sends its webhooks.",
  flags: {
    ...projectFlag,
    ...jsonFlag,
    // Not --config, which names the settings file of every command.
    settings: { type: "string", doc: "Its settings, as JSON." },
    "credentials-env": { type: "string", doc: "The variable that holds its credentials, as JSON." },
  },
  positionals: ["TYPE", "NAME"],
  run: (ctx, { flags, words: [type = "", name = ""] }) =>
    withIntegrations(ctx, async (services) => {
      const { db } = services.database;
      const projectId = await chooseProject(db, flags.project);
      const variable = flags["credentials-env"];
      // A command line is seen by everybody on the machine, and stays in the shell's history.
      const credentials = typeof variable === "string" ? (ctx.readEnv(variable) ?? "") : "{}";
      const id = await createIntegration(services, services.database, atTerminal, {
        projectId,
        type,
        name,
        config: json("--settings", typeof flags.settings === "string" ? flags.settings : "{}"),
        credentials: json(`the variable ${String(variable)}`, credentials),
      });
      print(ctx, await loadIntegration(services, db, id), flags.json === true);
      // Not from here: this process may have another network, key and settings than the server that uses it.
      ctx.say("The server checks it at its next look, within seconds: culprit integration list says how it fares.");
      return 0;
    }),
};

export const integrationCheck: Command = {
  name: "integration check",
  summary: "Ask the vendor from here how an integration fares, and store nothing; 1 where it is unhealthy.",
  flags: { ...projectFlag, ...jsonFlag },
  positionals: ["INTEGRATION"],
  run: (ctx, { flags, words: [named = ""] }) =>
    withIntegrations(ctx, async (services) => {
      const id = await integrationNamed(services, named, flags.project);
      const { status, reason } = await askIntegration(services, id);
      const integration = await loadIntegration(services, services.database.db, id);
      print(ctx, { ...integration, health_status: status, health_reason: reason }, flags.json === true);
      return status === "unhealthy" ? 1 : 0;
    }),
};

export const integrationRemove: Command = {
  name: "integration remove",
  summary: "Remove an integration with its inbox; what it sent stays listed.",
  flags: projectFlag,
  positionals: ["INTEGRATION"],
  run: (ctx, { flags, words: [named = ""] }) =>
    withIntegrations(ctx, async (services) => {
      const id = await integrationNamed(services, named, flags.project);
      await deleteIntegration(services.database, atTerminal, id);
      ctx.print(`${named} is removed.`);
      return 0;
    }),
};

export const integrationReplay: Command = {
  name: "integration replay",
  summary: "Take up again deliveries of vendors that were given up or ignored.",
  flags: {},
  positionals: ["EVENT…"],
  async run(ctx, { words }) {
    const database = await ctx.openDatabase();
    for (const publicId of words) {
      await replayIntegrationEvent(database, atTerminal, fromPublicId("iev", publicId));
      ctx.print(`${publicId} is taken up again.`);
    }
    return 0;
  },
};

/** The key of the integration that is named by its id, or by its name in the project. */
async function integrationNamed(
  services: IntegrationServices,
  named: string,
  project: string | boolean | undefined,
): Promise<string> {
  if (named.startsWith("int_")) return fromPublicId("int", named);
  const { db } = services.database;
  const projectId = await chooseProject(db, project);
  const { items } = await listIntegrations(services, db, { projectId, limit: 1000 });
  const found = items.find(({ name }) => name === named);
  if (found !== undefined) return fromPublicId("int", found.id);
  throw new CulpritError(
    "NOT_FOUND",
    `There is no integration ${JSON.stringify(named)} in this project. culprit integration list names them.`,
  );
}

function print(ctx: Parameters<Command["run"]>[0], integration: IntegrationDetail, isJson: boolean): void {
  if (isJson) {
    ctx.print(JSON.stringify(integration));
    return;
  }
  const { id, name, health_status: status, health_reason: reason, webhook_url: url } = integration;
  ctx.print(`${id}  ${name}  ${status}${reason === null ? "" : `: ${reason}`}`);
  if (url !== null) ctx.print(`Its webhooks go to ${url}`);
}

function fieldsOf(schema: Readonly<Record<string, unknown>>): string {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const names = Object.keys((schema.properties ?? {}) as Record<string, unknown>);
  return names.map((name) => (required.has(name) ? name : `[${name}]`)).join(", ") || "nothing";
}

function json(what: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not with the text: it may be a secret.
    throw new CulpritError("INVALID_REQUEST", `${what} holds no JSON, such as {"channel":"C012AB3CD"}.`);
  }
}
