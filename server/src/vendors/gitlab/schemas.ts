import { z } from "zod";

/** What is read of GitLab's answers; all else in them is passed over. */
export const user = z.looseObject({ id: z.number().int(), username: z.string() });
export const me = user.extend({
  name: z.string().nullish(),
  email: z.string().nullish(),
  commit_email: z.string().nullish(),
});
export const named = z.looseObject({ iid: z.number().int(), web_url: z.string() });
export const mergeRequest = named.extend({
  title: z.string(),
  description: z.string().nullish(),
  /** `locked` for a moment while it is merged. */
  state: z.enum(["opened", "closed", "locked", "merged"]),
  created_at: z.string(),
  merged_at: z.string().nullish(),
  closed_at: z.string().nullish(),
  author: user.nullish(),
  source_branch: z.string(),
  source_project_id: z.number().nullish(),
  target_project_id: z.number().nullish(),
  sha: z.string().nullish(),
  reviewers: z.array(user).nullish(),
});
export const issue = named.extend({ description: z.string().nullish(), author: user.nullish() });
export const note = z.looseObject({ id: z.number(), body: z.string(), author: user.nullish() });
export const diff = z.looseObject({
  old_path: z.string(),
  new_path: z.string(),
  diff: z.string(),
  new_file: z.boolean(),
  renamed_file: z.boolean(),
  deleted_file: z.boolean(),
});
export const commitStatus = z.looseObject({
  name: z.string(),
  status: z.string(),
  allow_failure: z.boolean().nullish(),
});
export const reviewer = z.looseObject({ user, state: z.string() });
export const approvals = z.looseObject({ approved_by: z.array(z.looseObject({ user })).nullish() });
export const commit = z.looseObject({ id: z.string(), author_email: z.string().nullish() });
export const project = z.looseObject({
  default_branch: z.string().nullish(),
  permissions: z
    .looseObject({
      project_access: z.looseObject({ access_level: z.number() }).nullish(),
      group_access: z.looseObject({ access_level: z.number() }).nullish(),
    })
    .nullish(),
});
