import { z } from "zod";
import { watchIncidentSpike } from "../../domains/upkeep/index.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import { action } from "./action-services.ts";
import { houseOnly } from "./shared/house-only.ts";

export default action({
  name: "watch_incident_spike",
  title: "Watch for a spike of incidents",
  summary:
    "Compares the incidents that each project had in the last hour with the same hour of the days before; a spike is an incident of Culprit's own in that project.",
  group: "upkeep",
  input: z.strictObject({
    floor: z.number().int().min(1).default(20).describe("Fewer in an hour are no spike."),
    factor: z.number().min(1).default(4).describe("Times the mean of the days before."),
    days: z.number().int().min(3).max(60).default(14).describe("Days looked back at."),
  }),
  output: z.strictObject({
    spikes: z.array(z.strictObject({ project: z.string(), count: z.number(), usual: z.number() })),
  }),
  repeat: "none",
  async run(limits, ctx, services) {
    await houseOnly(ctx, services);
    const spikes = await watchIncidentSpike(services.upkeep, limits);
    return {
      spikes: spikes.map(({ projectId, count, mean }) => ({
        project: toPublicId("proj", projectId),
        count,
        usual: mean,
      })),
    };
  },
});
