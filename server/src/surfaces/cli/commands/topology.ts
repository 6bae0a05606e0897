import { topologyQuerySchema } from "@culprit/contract";
import { serviceKeys, type TopologyNode } from "../../../domains/change/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { chooseService } from "../../choose-service.ts";
import { topologyReply, touchingCommitsReply } from "../../topology-reply.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command, CommandContext } from "../command.ts";
import { tableText } from "../format.ts";
import { withEngines } from "./engines.ts";

const DAY_MS = 86_400_000;
const querySchema = topologyQuerySchema.pick({ environment: true, hops: true });

export const topology: Command = {
  name: "topology",
  summary:
    "Show what a service calls, which could explain its trouble, what calls it, and the commits deployed around it.",
  flags: {
    ...projectFlag,
    environment: { type: "string", doc: "Its environment; production unless told." },
    hops: { type: "string", doc: "How many calls away, 0 to 5; 2 unless told." },
    since: { type: "string", doc: "Commits deployed from here on, as 2026-11-21T22:00:00Z; the last day unless told." },
    json: { type: "boolean", doc: "Print JSON: the answer of GET /api/topology, with the commits." },
  },
  positionals: ["[SERVICE]"],
  async run(ctx, { flags, words: [named] }) {
    const { environment, hops } = querySchema.parse({ environment: flags.environment, hops: flags.hops });
    const since = sinceOf(flags.since);
    const { db } = await ctx.openDatabase();
    const projectId = await chooseProject(db, flags.project);
    const known = (ending?: string) => serviceKeys(db, projectId, ending);
    if (named === undefined) return listServices(ctx, await known(), flags.json === true);
    const serviceKey = await chooseService(named, environment, known);
    const query = { projectId, environment, serviceKey, hopsMax: hops };
    return withEngines(ctx, async ({ topology: places }) => {
      const reply = await topologyReply(places, query);
      const { items: commits } = await touchingCommitsReply(places, { ...query, since });
      if (flags.json === true) {
        ctx.print(JSON.stringify({ ...reply, commits }));
        return 0;
      }
      ctx.print(`${serviceKey} in ${environment}, up to ${hops} calls away`);
      print(ctx, "What it calls; their trouble could explain its own:", await places.dependenciesOf(query));
      print(ctx, "What calls it; its trouble reaches them (blast radius):", await places.dependentsOf(query));
      ctx.print("");
      ctx.print(
        `Commits deployed here and around since ${since.toISOString().slice(0, 19)}Z: ${commits.length || "none"}`,
      );
      const rows = commits.map((one) => [one.started_at.slice(0, 19), one.sha.slice(0, 12), one.service_key, one.repo]);
      if (rows.length > 0)
        for (const line of tableText(["deployed at", "commit", "service", "repository"], rows)) ctx.print(`  ${line}`);
      return 0;
    });
  },
};

function listServices(ctx: CommandContext, keys: readonly string[], isJson: boolean): number {
  if (isJson) ctx.print(JSON.stringify({ items: keys.map((service) => ({ service })) }));
  else for (const key of keys) ctx.print(key);
  ctx.say(
    keys.length === 0
      ? "No service is known yet: one is once it sent something, was deployed or was called."
      : "Say which to see what is around it: culprit topology SERVICE",
  );
  return 0;
}

function print(ctx: CommandContext, heading: string, nodes: readonly TopologyNode[]): void {
  ctx.print("");
  ctx.print(`${heading}${nodes.length === 0 ? " none" : ""}`);
  const rows = nodes.map(({ hops, key, kind, detail }) => [
    String(hops),
    key,
    detail === null ? kind : `${kind}, ${detail}`,
  ]);
  if (rows.length > 0) for (const line of tableText(["hops", "key", "kind"], rows)) ctx.print(`  ${line}`);
}

function sinceOf(flag: string | boolean | undefined): Date {
  const since =
    typeof flag === "string"
      ? new Date(/(?:Z|[+-]\d\d:?\d\d)$/i.test(flag) ? flag : "none")
      : new Date(Date.now() - DAY_MS);
  if (Number.isNaN(since.getTime()))
    throw new CulpritError(
      "INVALID_REQUEST",
      `--since is ${JSON.stringify(flag)}; say an instant with its zone, as 2026-11-21T22:00:00Z.`,
    );
  return since;
}
