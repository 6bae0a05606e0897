import type { CommentFilter } from "@culprit/contract";

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
