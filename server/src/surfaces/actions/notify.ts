import { severities } from "@culprit/contract";
import { z } from "zod";
import { anyIncident, queryIncidents } from "../../domains/incident/index.ts";
import { chooseTargets, type Message, type Target } from "../../domains/integration/index.ts";
import { type ActionServices, action } from "./action-services.ts";
import { incidentMessage, tell, throwWorst } from "./shared/tell.ts";

const charsMax = 20_000;

export default action({
  name: "notify",
  title: "Tell people",
  summary:
    "Sends a message through integrations, by their name or type, or through all of them: about the incident with the answer inside and its buttons, or a text of your own. With `update` the message that stands there is changed in place.",
  group: "people",
  input: z.strictObject({
    to: z
      .array(z.string().min(1).max(255))
      .max(50)
      .default([])
      .describe("Names or types of integrations, such as slack. Empty: all that send messages."),
    except: z
      .array(z.string().min(1).max(255))
      .max(50)
      .default([])
      .describe("Names or types that are left out, such as the ones that wake somebody."),
    title: z
      .string()
      .max(500)
      .default("")
      .describe("The heading. Left out with the text: the message about the incident."),
    text: z
      .string()
      .max(1_000_000)
      .default("")
      .describe("The text, in Markdown; what is over 20,000 characters is cut."),
    severity: z.enum(severities).optional().describe("How grave it is, for colours and paging."),
    tone: z
      .enum(["bad", "warning", "good", "neutral"])
      .default("neutral")
      .describe("How a text of your own is coloured."),
    fields: z
      .record(z.string().max(200), z.union([z.string().max(2000), z.number(), z.boolean()]))
      .default({})
      .describe("Short facts beside the text."),
    link: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("Where more stands."),
    about_incident: z
      .boolean()
      .default(false)
      .describe("Put your title and text above the message about the incident."),
    update: z
      .boolean()
      .default(false)
      .describe("Change the newest message about the same incident in place, where there is one and the vendor can."),
    best_effort: z
      .boolean()
      .default(false)
      .describe("Be content where some of them fail; otherwise those are tried again."),
  }),
  output: z.object({
    sent: z.array(
      z.object({
        integration: z.string(),
        type: z.string(),
        external_ref: z.string().nullable(),
        is_updated: z.boolean(),
      }),
    ),
    failed: z.array(z.object({ integration: z.string(), type: z.string(), reason: z.string() })),
  }),
  repeat: "atMostOnce",
  async run(input, ctx, services) {
    const able = await chooseTargets(services.integrations, {
      projectId: ctx.projectId,
      named: input.to,
      can: "outgoing",
    });
    const leftOut = new Set(input.except.map((word) => word.toLowerCase()));
    const targets = able.filter(({ name, type }) => !leftOut.has(type) && !leftOut.has(name.toLowerCase()));
    if (targets.length === 0) ctx.log("INFO", whyNobody(able));
    const isOwn = input.title !== "" || input.text !== "";
    const { incidentId } = ctx;
    if (!isOwn && incidentId === null)
      throw new Error("There is nothing to say: give title or text, or start this by an event of an incident.");
    const own: Message = {
      title: input.title === "" ? ctx.workflow.name : input.title,
      severity: input.severity ?? null,
      tone: input.tone,
      text: input.text.length > charsMax ? `${input.text.slice(0, charsMax)}\n… (cut)` : input.text,
      fields: Object.entries(input.fields).map(([name, value]) => ({ name, value: String(value) })),
      sections: [],
      links: input.link === undefined ? [] : [{ label: "Open", url: input.link }],
      buttons: [],
    };
    const told = await tell(ctx, services, targets, {
      service: incidentId === null ? null : await serviceOf(services, ctx.projectId, incidentId),
      isUpdate: input.update,
      async messageOf({ id }) {
        if (incidentId === null || (isOwn && !input.about_incident)) return own;
        const about = await incidentMessage(ctx, services, id);
        return isOwn ? above(own, about) : about;
      },
    });
    if (!input.best_effort) throwWorst(told);
    return {
      sent: [...told.sent],
      failed: told.failed.map(({ integration, type, reason }) => ({ integration, type, reason })),
    };
  },
});

/** Why there was nobody to tell: `leftOut` are the integrations that could have. */
function whyNobody(leftOut: readonly Target[]): string {
  if (leftOut.length === 0)
    return "The project has no integration that sends messages, so nobody was told. Connect one.";
  const names = leftOut.map(({ name, type }) => `${name} (${type})`).join(", ");
  return `Nobody was told: the step's \`except\` leaves out ${names}, and there is nobody else to tell.`;
}

function above(own: Message, about: Message): Message {
  return {
    ...about,
    title: own.title,
    severity: own.severity ?? about.severity,
    text: [own.text, `${about.title}: ${about.text}`].filter((part) => part !== "").join("\n\n"),
    fields: [...own.fields, ...about.fields],
    links: [...own.links, ...about.links],
  };
}

async function serviceOf(services: ActionServices, projectId: string, incidentId: string): Promise<string | null> {
  const { incidents } = await queryIncidents(services.database.db, {
    ...anyIncident,
    projectId,
    ids: [incidentId],
    limit: 1,
  });
  return incidents[0]?.service ?? null;
}
