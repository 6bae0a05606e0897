import { commentFilterSchema } from "@culprit/contract";
import { z } from "zod";
import { addressSchema, autoResolveSchema, secretSchema } from "../shared/form.ts";

export const githubConfigSchema = z.object({
  base_url: addressSchema
    .optional()
    .describe("For GitHub Enterprise Server: the address of its API, https://HOST/api/v3. Leave it out for github.com"),
  repositories: z
    .array(z.string().regex(/^[\w.-]+\/[\w.-]+$/, "owner/name"))
    .max(1000)
    .default([])
    .describe("The repositories, owner/name; the first is where issues are made. None: all that send events"),
  login: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe("The user of the token, so that its own comments start nothing"),
  github_app_id: z.uuid().optional().describe("Set by the app's set-up: which app it is an installation of"),
  installation_id: z.number().int().positive().optional().describe("Set by the app's set-up, or with your own app"),
  app_id: z.number().int().positive().optional().describe("With an app of your own: its App ID"),
  deployment_failures: z
    .enum(["default_branch", "all", "off"])
    .default("default_branch")
    .describe(
      "Which failed workflow runs open incidents: those of the default branch, all, or none; failed deployments do unless it is off",
    ),
  auto_resolve: autoResolveSchema,
  comment_filter: commentFilterSchema.prefault({}),
});
export type GitHubConfig = z.output<typeof githubConfigSchema>;

export const githubCredentialsSchema = z.object({
  token: secretSchema.optional().describe("A fine-grained or classic personal access token; not needed with an app"),
  private_key: secretSchema
    .refine(
      (key) => /^-----BEGIN (RSA )?PRIVATE KEY-----/.test(key),
      "the whole PEM file, which begins with -----BEGIN",
    )
    .optional()
    .describe("With an app of your own: its private key, the whole PEM file"),
  webhook_secret: secretSchema.optional().describe("What the repository's webhook is signed with"),
});
export type GitHubCredentials = z.output<typeof githubCredentialsSchema>;
