import { expect, test } from "vitest";
import { isSaidIn, saysTheSame } from "./same-words.ts";

const verdict = "Commit c661e41747 likely caused it: it changes code that uses `height`, as the failing line does.";

test("a reason that the verdict gives already is found in it, however it is quoted", () => {
  expect(isSaidIn("It changes code that uses height, as the failing line does", verdict)).toBe(true);
  expect(isSaidIn("it takes out uses of `height`", verdict)).toBe(false);
  expect(isSaidIn("", verdict)).toBe(false);
});

test("a root cause in the verdict's words says the same, another does not", () => {
  expect(saysTheSame(verdict.replaceAll("`", ""), verdict)).toBe(true);
  expect(saysTheSame("Commit c661e41747 likely caused it.", verdict)).toBe(false);
});
