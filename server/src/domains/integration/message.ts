import type { Severity } from "@culprit/contract";

/** What a person may do about an incident from inside a message. */
export const buttonVerbs = ["approve", "suppress", "confirm", "reject"] as const;
export type ButtonVerb = (typeof buttonVerbs)[number];

export interface Button {
  readonly verb: ButtonVerb;
  readonly label: string;
  /** Signed, bound to the incident, the verb and a time; for vendors that call back. */
  readonly token: string;
  /** The same as a page that asks once more, for vendors that only open links. */
  readonly url: string;
}

/** What people are told, before a vendor gives it its own form. All texts are plain CommonMark; hostile ones are quoted by the vendor. */
export interface Message {
  readonly title: string;
  readonly severity: Severity | null;
  readonly tone: "bad" | "warning" | "good" | "neutral";
  readonly text: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** Excerpt, top hypothesis, culprit: the answer inside the message. */
  readonly sections: readonly { readonly title: string; readonly text: string; readonly isCode?: boolean }[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
  readonly buttons: readonly Button[];
}
