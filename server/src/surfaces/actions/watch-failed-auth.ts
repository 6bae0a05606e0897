import { z } from "zod";
import { watchFailedAuth } from "../../domains/upkeep/index.ts";
import { action } from "./action-services.ts";
import { houseOnly } from "./shared/house-only.ts";

const limit = (count: number) => z.number().int().min(1).default(count);

export default action({
  name: "watch_failed_auth",
  title: "Watch for refused keys and sign-ins",
  summary:
    "Finds keys, users and addresses that were refused again and again within two hours; each is an incident of Culprit's own.",
  group: "upkeep",
  input: z.strictObject({
    key: limit(20).describe("Refusals of one key that are told of."),
    user: limit(5).describe("Refused sign-ins of one user that are told of."),
    address: limit(50).describe("Refusals from one address that are told of."),
  }),
  output: z.strictObject({
    refused: z.array(z.strictObject({ kind: z.string(), subject: z.string(), count: z.number() })),
  }),
  repeat: "none",
  async run(limits, ctx, services) {
    await houseOnly(ctx, services);
    const refused = await watchFailedAuth(services.upkeep, limits);
    return { refused: refused.map(({ kind, subject, count }) => ({ kind, subject, count })) };
  },
});
