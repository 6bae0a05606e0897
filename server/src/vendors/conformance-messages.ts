import type { Message } from "../domains/integration/index.ts";

/** A message as an incident makes it. */
export const plainMessage: Message = {
  title: "Checkout fails: TypeError",
  severity: "high",
  tone: "bad",
  text: "Since 09:12 UTC 42 requests of **checkout** failed in production.",
  fields: [
    { name: "Service", value: "checkout" },
    { name: "Environment", value: "production" },
  ],
  sections: [
    {
      title: "Most likely cause",
      text: "Commit `3f2a91c` removed the check for orders without a discount (likely, 0.82).",
    },
    { title: "Where it failed", text: "at applyDiscount (src/discount.ts:41)", isCode: true },
  ],
  links: [{ label: "Open in Culprit", url: "https://culprit.example.com/incidents/inc_01" }],
  buttons: [
    {
      verb: "approve",
      label: "Investigate",
      token: "token-approve",
      url: "https://culprit.example.com/callbacks/token-approve",
    },
    {
      verb: "suppress",
      label: "Suppress",
      token: "token-suppress",
      url: "https://culprit.example.com/callbacks/token-suppress",
    },
    {
      verb: "confirm",
      label: "Confirm cause",
      token: "token-confirm",
      url: "https://culprit.example.com/callbacks/token-confirm",
    },
    {
      verb: "reject",
      label: "Reject cause",
      token: "token-reject",
      url: "https://culprit.example.com/callbacks/token-reject",
    },
  ],
};

/** What an attacker, or a very long stack, makes of the texts of an incident. */
const hostile =
  "<!channel> <!here> <@U012AB3CD> @everyone @here @channel <script>alert(1)</script> [click](javascript:alert(1)) ``` ` *b* _i_ ~s~ & \" ' \\ \u0000 \ud800 \u202e ";
const huge = hostile.repeat(2000);
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Everything of it is too long, too many and not to be believed. */
export const hostileMessage: Message = {
  title: huge,
  severity: "critical",
  tone: "bad",
  text: huge,
  fields: many(200, (index) => ({ name: `${index} ${hostile}`, value: huge })),
  sections: many(200, (index) => ({ title: `${index} ${hostile}`, text: huge, isCode: index % 2 === 0 })),
  links: many(200, (index) => ({ label: huge, url: `https://culprit.example.com/${index}` })),
  buttons: plainMessage.buttons.map((button) => ({ ...button, label: huge })),
};
