import { z } from "zod";
import { addressSchema, secretSchema } from "../shared/form.ts";

/** What is entered for an integration; its secrets apart. */
export const config = z.object({
  base_url: addressSchema.describe("The address of the Gitea or Forgejo server, as a browser opens it: https://HOST"),
  repositories: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9._-]+$/, "owner/name"))
    .max(1000)
    .default([])
    .describe(
      "The repositories, owner/name; the first is where pull requests go unless the project registered one there",
    ),
});
export const credentials = z.object({
  token: secretSchema.describe("An access token with repository and issue (read and write) and user (read)"),
  webhook_secret: secretSchema
    .optional()
    .describe(
      "The secret of the webhook that calls this integration's address; without it pull requests are followed by asking",
    ),
});
export type GiteaConfig = z.output<typeof config>;
export type GiteaCredentials = z.output<typeof credentials>;
