import { expect, test } from "vitest";
import { cartEvidence } from "../../test/fixtures/cart-hypotheses.ts";
import { citeInMarkdown } from "./cite-in-markdown.ts";

test("known evidence is cited by its title, unknown evidence keeps its id", () => {
  const markdown = "- For: the tier became optional (evd_1)\n- Against: nothing (evd_404)\n\nEvidence: evd_3.";
  expect(citeInMarkdown(markdown, cartEvidence())).toBe(
    "- For: the tier became optional (Let guests check out without an account)\n- Against: nothing (evd_404)\n\nEvidence: Who wrote the failing lines.",
  );
});

test("a title from outside stays a line of text", () => {
  const [piece] = cartEvidence();
  const title = "a\n# b [c](https://d) <e> *f* $& ";
  expect(citeInMarkdown("evd_1", piece ? [{ ...piece, title }] : [])).toBe(
    "a \\# b \\[c\\](https\\://d) \\<e\\> \\*f\\* \\$\\&",
  );
});
