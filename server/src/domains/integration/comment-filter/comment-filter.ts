import { z } from "zod";

const login = z.string().trim().min(1).max(100);

/**
 * Whose comments are heard, as an integration's setting `comment_filter`. Logins are compared without case. Bots are never
 * answered, and who may not write to the repository commands nothing, whatever stands here.
 */
export const commentFilterSchema = z.strictObject({
  allow: z.array(login).max(1000).default([]).describe("Where it is not empty, only these are heard"),
  deny: z.array(login).max(1000).default([]).describe("Never heard; goes before allow"),
  auto_add: z.boolean().default(false).describe("Who may command and does so for the first time is added to allow"),
  auto_reply: z.boolean().default(false).describe("Those who were added are told so"),
  auto_reply_message: z
    .string()
    .trim()
    .min(1)
    .max(2000)
    .default("You were added to those whose commands Culprit takes.")
    .describe("What they are told"),
});
export type CommentFilter = z.infer<typeof commentFilterSchema>;

/** `isNewcomer`: heard because newcomers are, and not on the list yet. */
export type Heard =
  | { readonly isHeard: true; readonly isNewcomer: boolean }
  | { readonly isHeard: false; readonly reason: string };

/** Whether the filter hears somebody. Pure. */
export function judgeCommenter(filter: CommentFilter, author: string): Heard {
  const has = (list: readonly string[]) => list.some((one) => one.toLowerCase() === author.toLowerCase());
  if (has(filter.deny)) return { isHeard: false, reason: `${author} is on the deny list of the comment filter.` };
  if (has(filter.allow)) return { isHeard: true, isNewcomer: false };
  if (filter.auto_add) return { isHeard: true, isNewcomer: true };
  return filter.allow.length === 0
    ? { isHeard: true, isNewcomer: false }
    : { isHeard: false, reason: `${author} is not on the allow list of the comment filter.` };
}
