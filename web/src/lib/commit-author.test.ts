import { expect, test } from "vitest";
import { cartEvidence } from "../../test/fixtures/cart-hypotheses.ts";
import { culpritSha } from "../../test/fixtures/stories.ts";
import { commitAuthor } from "./commit-author.ts";

const [piece] = cartEvidence();
const evidence = (snapshot: string, ref = `git:${culpritSha}`) => (piece ? [{ ...piece, ref, snapshot }] : []);

test("the author and the date come from the evidence of that commit", () => {
  expect(commitAuthor(cartEvidence(), culpritSha)).toEqual({ name: "Mara Lindqvist", at: "2026-11-20T16:12:55.000Z" });
});

test("a name may hold a comma", () => {
  expect(commitAuthor(evidence(`${culpritSha}\nLindqvist, Mara, 2026-11-20T16:12:55Z\nx`), culpritSha)?.name).toBe(
    "Lindqvist, Mara",
  );
});

test("evidence of another commit, or of another form, names nobody", () => {
  const text = `${culpritSha}\nMara, 2026-11-20T16:12:55Z\nx`;
  expect(commitAuthor(evidence(text, "git:07d3e9aa"), culpritSha)).toBeNull();
  expect(commitAuthor(evidence(`${culpritSha}\nMara, yesterday`), culpritSha)).toBeNull();
  expect(commitAuthor(evidence(""), culpritSha)).toBeNull();
});
