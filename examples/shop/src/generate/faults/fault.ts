import type { Message } from "../messages.ts";
import type { Edit } from "../source-tree.ts";

/** An HTTP request to the shop, in the template's words. */
export interface ShopRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  /** The caller goes away before the answer (and, with a body, before it is sent). */
  readonly isAborted?: boolean;
}

export interface Change {
  readonly message: Message;
  readonly edits: readonly Edit[];
}

/** A commit that breaks the shop in production, and the commits around it that make finding it hard. */
export interface Fault {
  readonly id: string;
  /** Ways to say it; none of them says that it breaks. */
  readonly messages: readonly [Message, ...Message[]];
  readonly edits: readonly Edit[];
  /** What answers below 400 before and 500 after. */
  readonly failing: readonly [ShopRequest, ...ShopRequest[]];
  /** Where it is thrown, as the template has it: the file and a piece of the line that is only there. */
  readonly thrownAt: { readonly file: string; readonly text: string };
  /** True when the commit does not touch the line that throws. */
  readonly isFailingLineOlder: boolean;
  /** A commit in a file of the guilty one, made later, that changes nothing that matters. */
  readonly innocent: Change;
  /** Moves code near the failure. A move of the guilty lines themselves makes a plain revert impossible. */
  readonly moves: readonly { readonly change: Change; readonly isOfGuiltyLines: boolean }[];
  /** Files that a reformatting commit may lay out anew. */
  readonly reformatted: readonly { readonly file: string; readonly isOfGuiltyLines: boolean }[];
}
