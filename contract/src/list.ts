import { z } from "zod";

/** What every list of the API shares. */

/** Its query, of a strict object: a misspelt filter that is left out unseen gives an answer to another question. `cursor` is the `next_cursor` of the page before. */
export const listQuery = {
  project: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(400).optional(),
};

/** Its answer; `next_cursor` is null on the last page. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });
