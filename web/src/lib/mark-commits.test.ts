import { expect, test } from "vitest";
import { asSentence, markCommits } from "./mark-commits.ts";

const sha = "3f9c2ab7d1e04b5f8a6c7d8e9f0a1b2c3d4e5f60";

test("the commit is marked by its short and its full id, another commit is not", () => {
  const parts = markCommits(`Commit 3f9c2ab7 (not deadbeef) did it; ${sha}.`, sha);
  expect(parts.filter(({ kind }) => kind === "commit").map(({ text }) => text)).toEqual(["3f9c2ab7", sha]);
  expect(parts.map(({ text }) => text).join("")).toBe(`Commit 3f9c2ab7 (not deadbeef) did it; ${sha}.`);
});

test("without a culprit nothing is marked", () => {
  expect(markCommits("Commit 3f9c2ab7", null).every(({ kind }) => kind === "plain")).toBe(true);
});

test("quoted code loses its backticks, a lone backtick stays as it is", () => {
  expect(markCommits("it renames `size`, see ` and ``", null)).toEqual([
    { text: "it renames ", kind: "plain" },
    { text: "size", kind: "code" },
    { text: ", see ", kind: "plain" },
    { text: " and ", kind: "code" },
    { text: "`", kind: "plain" },
  ]);
});

test("a clause becomes a sentence, an id or code at its start stays as it is", () => {
  expect(asSentence("it came with the deployment")).toBe("It came with the deployment");
  expect(asSentence("deadbeef renames it")).toBe("deadbeef renames it");
  expect(asSentence("`size` is gone")).toBe("`size` is gone");
  expect(asSentence("demo/shop#1 was opened")).toBe("demo/shop#1 was opened");
});
