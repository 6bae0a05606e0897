import { resolve } from "node:path";
import { type AddedScrapeTarget, type ScrapeTarget, scrapeTargetInputSchema } from "@culprit/contract";
import { addScrapeTarget, listScrapeTargets, removeScrapeTarget } from "../../../domains/telemetry/index.ts";
import type { Config } from "../../../platform/config/options.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { openHttpClient } from "../../../platform/http-client/open-http-client.ts";
import { whyForbidden } from "../../../platform/http-client/why-forbidden.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { findRunningServer } from "../../../platform/process/running-server.ts";
import { openSecretBox } from "../../../platform/secrets/open-secret-box.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { atTerminal } from "../workflow-text.ts";

const jsonFlag = { json: { type: "boolean", doc: "Print JSON." } } as const;

export const scrapeAdd: Command = {
  name: "scrape add",
  summary: "Let the server read a page of metrics (/metrics) at an interval.",
  flags: {
    ...projectFlag,
    ...jsonFlag,
    service: { type: "string", doc: "The service that it speaks of, by name or cluster/namespace/service." },
    environment: { type: "string", doc: "Its environment; production unless told." },
    interval: { type: "string", doc: "Seconds from one reading to the next; 15 unless told." },
    timeout: { type: "string", doc: "Seconds after which a reading is given up; 10 unless told." },
    labels: { type: "string", doc: "Labels for every series, as name=value,name=value." },
    "authorization-env": { type: "string", doc: "The variable that holds the header Authorization to send." },
  },
  positionals: ["URL"],
  async run(ctx, { flags, words: [url = ""] }) {
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    const secretBox = openSecretBox({ secret: ctx.config.secret, dataDir: resolve(ctx.config.dataDir) });
    const variable = flags["authorization-env"];
    // A command line is seen by everybody on the machine.
    const authorization = typeof variable === "string" ? ctx.readEnv(variable) : undefined;
    const input = scrapeTargetInputSchema.parse({
      ...{ url, service: flags.service, environment: flags.environment, authorization },
      ...(typeof flags.interval === "string" ? { interval_s: Number(flags.interval) } : {}),
      ...(typeof flags.timeout === "string" ? { timeout_s: Number(flags.timeout) } : {}),
      labels: labelsOf(flags.labels),
    });
    const target = await addScrapeTarget(database, secretBox, atTerminal, { ...input, projectId });
    const warning = await warningOf(target.url, ctx.config);
    const added: AddedScrapeTarget = warning === null ? target : { ...target, warning };
    ctx.print(flags.json === true ? JSON.stringify(added) : `${target.id}  ${target.url}  ${target.service_key}`);
    ctx.say(warning ?? "The server reads it within seconds: culprit scrape list says how it fares.");
    return 0;
  },
};

/** Why the page will not be read, or null: by the rule of the server that runs on this data folder, else by what this command knows. */
async function warningOf(url: string, config: Pick<Config, "dataDir" | "httpAllowPrivate">): Promise<string | null> {
  const server = await findRunningServer(resolve(config.dataDir));
  const allowPrivate = server?.httpAllowPrivate ?? config.httpAllowPrivate;
  const refusal = await whyForbidden(openHttpClient({ allowPrivate }), url);
  if (refusal === null) return null;
  return server?.httpAllowPrivate === undefined
    ? `A server with the settings of this command will not read it: ${refusal} Whether yours does, culprit scrape list says within seconds.`
    : `The server that runs here will not read it: ${refusal} Start it with that setting; until then culprit scrape list says down.`;
}

export const scrapeList: Command = {
  name: "scrape list",
  summary: "List the pages of metrics that a project's server reads, and how they fare.",
  flags: { ...projectFlag, ...jsonFlag },
  positionals: [],
  async run(ctx, { flags }) {
    const { db } = await ctx.openDatabase();
    const projectId = await chooseProject(db, flags.project);
    const { items } = await listScrapeTargets(db, { projectId, limit: 1000 });
    if (flags.json === true) ctx.print(JSON.stringify({ items }));
    else for (const target of items) ctx.print(lineOf(target));
    if (items.length === 0) ctx.say("There is none yet. Add one with: culprit scrape add URL --service NAME");
    return 0;
  },
};

export const scrapeRemove: Command = {
  name: "scrape remove",
  summary: "End the reading of a page of metrics; what was read stays.",
  flags: {},
  positionals: ["TARGET"],
  async run(ctx, { words: [publicId = ""] }) {
    await removeScrapeTarget(await ctx.openDatabase(), atTerminal, fromPublicId("scr", publicId));
    ctx.print(`${publicId} is no longer read.`);
    return 0;
  },
};

function lineOf({
  id,
  url,
  service_key: key,
  health,
  is_enabled: isOn,
  last_error: error,
  last_samples: samples,
}: ScrapeTarget) {
  const state = !isOn ? "switched off" : health === "up" ? `up, ${samples} samples` : health;
  return `${id}  ${url}  ${key}  ${state}${error === null ? "" : `: ${error}`}`;
}

function labelsOf(flag: string | boolean | undefined): Record<string, string> {
  if (typeof flag !== "string" || flag === "") return {};
  const pairs = flag.split(",").map((pair) => {
    const [name = "", ...value] = pair.split("=");
    if (value.length === 0)
      throw new CulpritError("INVALID_REQUEST", `--labels takes name=value, not ${JSON.stringify(pair)}.`);
    return [name.trim(), value.join("=")] as const;
  });
  return Object.fromEntries(pairs);
}
