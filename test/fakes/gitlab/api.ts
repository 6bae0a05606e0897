import { z } from "zod";

/** What GitLab's reference says of each request that Culprit makes: parameters, body, and what its answers hold; see README.md. */
interface Operation {
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly answers: Readonly<Record<number, z.ZodType>>;
}

const instant = z.iso.datetime({ offset: true });
const sha = z.string().regex(/^[0-9a-f]{40}$/);
const paged = { page: z.string().regex(/^\d+$/).optional(), per_page: z.string().regex(/^\d+$/).optional() };
const user = z.object({
  id: z.int(),
  username: z.string(),
  name: z.string(),
  state: z.enum(["active", "blocked"]),
  avatar_url: z.string().nullable(),
  web_url: z.url(),
});
const mergeRequest = z.object({
  id: z.int(),
  iid: z.int(),
  project_id: z.int(),
  title: z.string(),
  description: z.string().nullable(),
  state: z.enum(["opened", "closed", "locked", "merged"]),
  created_at: instant,
  merged_at: instant.nullable(),
  closed_at: instant.nullable(),
  source_branch: z.string(),
  target_branch: z.string(),
  source_project_id: z.int(),
  target_project_id: z.int(),
  author: user,
  reviewers: z.array(user),
  labels: z.array(z.string()),
  draft: z.boolean(),
  sha,
  merge_commit_sha: sha.nullable(),
  web_url: z.url(),
});
const issue = z.object({
  id: z.int(),
  iid: z.int(),
  project_id: z.int(),
  title: z.string(),
  description: z.string().nullable(),
  state: z.enum(["opened", "closed"]),
  created_at: instant,
  closed_at: instant.nullable(),
  labels: z.array(z.string()),
  author: user,
  web_url: z.url(),
});
const note = z.object({
  id: z.int(),
  body: z.string(),
  author: user,
  created_at: instant,
  system: z.boolean(),
  noteable_type: z.literal("MergeRequest"),
  noteable_iid: z.int(),
});
const at = "/projects/{id}";

export const gitlabOperations = {
  "GET /user": {
    answers: { 200: user.extend({ email: z.email(), commit_email: z.email(), public_email: z.string() }) },
  },
  // `username` is matched whole and without case, `search` an address whole or a name in parts.
  "GET /users": {
    query: z.strictObject({ ...paged, username: z.string().optional(), search: z.string().optional() }),
    answers: { 200: z.array(user) },
  },
  [`GET ${at}`]: {
    answers: {
      200: z.object({
        ...{ id: z.int(), name: z.string(), path_with_namespace: z.string(), web_url: z.url() },
        default_branch: z.string().nullable(),
        permissions: z.object({
          project_access: z.object({ access_level: z.int(), notification_level: z.int() }).nullable(),
          group_access: z.null(),
        }),
      }),
    },
  },
  [`GET ${at}/merge_requests`]: {
    query: z.strictObject({
      ...paged,
      state: z.enum(["opened", "closed", "locked", "merged", "all"]).optional(),
      scope: z.enum(["created_by_me", "assigned_to_me", "all"]).optional(),
      order_by: z.enum(["created_at", "title", "updated_at"]).optional(),
      sort: z.enum(["asc", "desc"]).optional(),
      source_branch: z.string().optional(),
    }),
    answers: { 200: z.array(mergeRequest) },
  },
  [`POST ${at}/merge_requests`]: {
    body: z.strictObject({
      source_branch: z.string().min(1),
      target_branch: z.string().min(1),
      title: z.string().min(1).max(255),
      description: z.string().max(1_048_576).optional(),
    }),
    answers: { 201: mergeRequest },
  },
  [`GET ${at}/merge_requests/{iid}`]: { answers: { 200: mergeRequest } },
  [`PUT ${at}/merge_requests/{iid}`]: {
    body: z
      .strictObject({
        state_event: z.enum(["close", "reopen"]).optional(),
        add_labels: z.string().optional(),
        reviewer_ids: z.array(z.int()).optional(),
      })
      .refine((body) => Object.keys(body).length > 0, "at least one parameter must be provided"),
    answers: { 200: mergeRequest },
  },
  [`GET ${at}/merge_requests/{iid}/diffs`]: {
    query: z.strictObject(paged),
    answers: {
      200: z.array(
        z.object({
          ...{ old_path: z.string(), new_path: z.string(), a_mode: z.string(), b_mode: z.string(), diff: z.string() },
          ...{ new_file: z.boolean(), renamed_file: z.boolean(), deleted_file: z.boolean() },
          ...{ collapsed: z.boolean(), too_large: z.boolean() },
        }),
      ),
    },
  },
  [`GET ${at}/merge_requests/{iid}/reviewers`]: {
    query: z.strictObject(paged),
    answers: {
      200: z.array(
        z.object({
          user,
          // Of `review_state` on the page of merge requests.
          state: z.enum(["unreviewed", "reviewed", "requested_changes", "approved", "unapproved", "review_started"]),
          created_at: instant,
        }),
      ),
    },
  },
  [`GET ${at}/merge_requests/{iid}/approvals`]: {
    answers: {
      200: z.object({ id: z.int(), iid: z.int(), project_id: z.int(), approved_by: z.array(z.object({ user })) }),
    },
  },
  [`GET ${at}/merge_requests/{iid}/notes`]: {
    query: z.strictObject({
      ...paged,
      sort: z.enum(["asc", "desc"]).optional(),
      order_by: z.enum(["created_at", "updated_at"]).optional(),
    }),
    answers: { 200: z.array(note) },
  },
  [`POST ${at}/merge_requests/{iid}/notes`]: {
    body: z.strictObject({ body: z.string().min(1).max(1_000_000) }),
    answers: { 201: note },
  },
  [`GET ${at}/repository/commits/{sha}`]: {
    answers: {
      200: z.object({
        ...{ id: sha, short_id: z.string(), title: z.string(), message: z.string(), parent_ids: z.array(sha) },
        ...{ author_name: z.string(), author_email: z.string(), authored_date: instant },
      }),
    },
  },
  // The newest of each name, of pipelines and of what others reported.
  [`GET ${at}/repository/commits/{sha}/statuses`]: {
    query: z.strictObject({ ...paged, ref: z.string().optional(), name: z.string().optional() }),
    answers: {
      200: z.array(
        z.object({
          ...{ id: z.int(), sha, name: z.string(), ref: z.string(), allow_failure: z.boolean() },
          status: z.enum(["pending", "running", "success", "failed", "canceled", "skipped"]),
          ...{ description: z.string().nullable(), target_url: z.string().nullable(), created_at: instant },
        }),
      ),
    },
  },
  [`GET ${at}/issues`]: {
    query: z.strictObject({
      ...paged,
      state: z.enum(["opened", "closed", "all"]).optional(),
      scope: z.enum(["created_by_me", "assigned_to_me", "all"]).optional(),
      order_by: z.enum(["created_at", "updated_at"]).optional(),
      sort: z.enum(["asc", "desc"]).optional(),
    }),
    answers: { 200: z.array(issue) },
  },
  [`POST ${at}/issues`]: {
    body: z.strictObject({
      title: z.string().min(1).max(255),
      description: z.string().max(1_048_576).optional(),
      labels: z.string().optional(),
    }),
    answers: { 201: issue },
  },
} satisfies Readonly<Record<string, Operation>> as Readonly<Record<string, Operation>>;

/** What is wrong with a request by the reference. */
export function problemsOfRequest(
  name: string,
  request: { readonly query: Readonly<Record<string, string>>; readonly body: unknown },
): string[] {
  const { query = z.strictObject({}), body } = gitlabOperations[name] ?? { answers: {} };
  const wrong = [...problemsBy(query, request.query)];
  return body === undefined ? wrong : [...wrong, ...problemsBy(body, request.body)];
}

/** What is wrong with an answer by the reference. */
export function problemsOfAnswer(name: string, status: number, body: unknown): string[] {
  const schema = gitlabOperations[name]?.answers[status];
  return schema === undefined ? [`never answers ${status}`] : problemsBy(schema, body);
}

function problemsBy(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join("/")}: ${message}`);
}
