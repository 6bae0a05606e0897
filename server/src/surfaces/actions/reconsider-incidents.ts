import { z } from "zod";
import { investigateOnNewEvidence } from "../../domains/incident/index.ts";
import { action } from "./action-services.ts";

export default action({
  name: "reconsider_incidents",
  title: "Look at incidents again",
  summary:
    "Investigates anew the incidents of an environment that were diagnosed within the last hour and began after a change that was told late: it could explain them.",
  group: "incident",
  input: z.strictObject({
    environment: z.string().min(1).max(50).describe("The environment that was changed."),
    since: z.iso.datetime({ offset: true }).describe("When it was changed."),
    reason: z.string().min(1).max(500).describe("What is new, for the incident's history."),
  }),
  output: z.strictObject({ count: z.number().int().describe("Investigations that were started.") }),
  repeat: "idempotent",
  async run({ environment, since, reason }, ctx, services) {
    const { projectId } = ctx;
    const at = new Date(since);
    return { count: await investigateOnNewEvidence(services.database, { projectId, environment, at, reason }) };
  },
});
