import { z } from "zod";
import { webhookUrlSchema } from "../shared/form.ts";

export const config = z.object({
  channel: z
    .string()
    .trim()
    .regex(/^(#?[\p{L}\p{N}._-]{1,80}|[CGD][A-Z0-9]{6,})$/u, "a channel's id, such as C012AB3CD, or its name")
    .describe("The channel that is told; with a bot token its id"),
  interactive: z
    .boolean()
    .default(false)
    .describe("Buttons call back: switch it on when the app's Interactivity URL is this integration's address"),
});
export type Config = z.output<typeof config>;

export const credentials = z
  .object({
    bot_token: z
      .string()
      .regex(/^xox[a-z]-[\w-]{10,}$/, "a token that begins with xoxb-")
      .optional()
      .describe("Of an app with the scope chat:write; messages are changed in place"),
    webhook_url: webhookUrlSchema.optional().describe("Of an incoming webhook, where there is no bot token"),
    signing_secret: z.string().min(16).max(200).optional().describe("Of the app, for its calls to Culprit"),
  })
  .refine(({ bot_token, webhook_url }) => bot_token !== undefined || webhook_url !== undefined, {
    error: "give a bot token or the address of an incoming webhook",
    path: ["bot_token"],
  });
export type Credentials = z.output<typeof credentials>;
