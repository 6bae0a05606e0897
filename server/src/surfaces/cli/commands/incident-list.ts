import { type IncidentSummary, incidentListQuerySchema } from "@culprit/contract";
import { listIncidents } from "../../../domains/incident/index.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";

export const incidentList: Command = {
  name: "incident list",
  summary: "Show the incidents of a project, newest first.",
  flags: {
    ...projectFlag,
    service: { type: "string", doc: "Only those that opened for this service." },
    status: { type: "string", doc: "Only those of a status, such as open, diagnosed or resolved; or unresolved." },
    limit: { type: "string", doc: "So many at most; 50 unless said." },
    cursor: { type: "string", doc: "The next_cursor of a page before." },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: [],
  async run(ctx, { flags }) {
    const { service, status, limit, cursor } = incidentListQuerySchema.parse({
      ...{ service: flags.service, status: flags.status, limit: flags.limit, cursor: flags.cursor },
    });
    const { db } = await ctx.openDatabase();
    const projectId = await chooseProject(db, flags.project);
    const page = await listIncidents(db, { projectId, service, status, limit, cursor });
    if (flags.json === true) ctx.print(JSON.stringify(page));
    else for (const incident of page.incidents) ctx.print(linesOf(incident));
    if (page.incidents.length === 0)
      ctx.say(service === undefined && status === undefined ? "There is no incident." : "No incident is of this kind.");
    else if (page.next_cursor !== null && flags.json !== true) ctx.say(`More: --cursor ${page.next_cursor}`);
    return 0;
  },
};

function linesOf({ id, status, severity, title, service, environment, ...one }: IncidentSummary): string[] {
  const { occurrence_count: count, last_seen_at: lastAt, verdict_summary: verdict } = one;
  return [
    `${id}  ${status}, ${severity}: ${title}`,
    `  ${service} in ${environment}, ${count} ${count === 1 ? "time" : "times"}, last ${lastAt.slice(0, 19)}Z${verdict === null ? "" : `: ${verdict}`}`,
  ];
}
