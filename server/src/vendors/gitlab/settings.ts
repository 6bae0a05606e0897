import { z } from "zod";
import { addressSchema, secretSchema } from "../shared/form.ts";
import { gitlabRepository } from "./call-gitlab.ts";

/** What is entered for an integration; its secrets apart. */
export const config = z.object({
  base_url: addressSchema
    .default("https://gitlab.com")
    .describe("The address of a GitLab server of your own, as a browser opens it; gitlab.com unless told"),
  repositories: z
    .array(z.string().max(255).regex(gitlabRepository, "group/name"))
    .max(1000)
    .default([])
    .describe(
      "The projects, group/name with all groups; the first is where merge requests go unless the project registered one there",
    ),
});
export const credentials = z.object({
  token: secretSchema.describe("A project, group or personal access token with the scope api and the role Developer"),
  webhook_secret: secretSchema
    .optional()
    .describe(
      "The secret of the webhook that calls this integration's address; without it pull requests are followed by asking",
    ),
});
export type GitLabConfig = z.output<typeof config>;
export type GitLabCredentials = z.output<typeof credentials>;
