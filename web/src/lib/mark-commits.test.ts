import { expect, test } from "vitest";
import { markCommits } from "./mark-commits.ts";

const sha = "3f9c2ab7d1e04b5f8a6c7d8e9f0a1b2c3d4e5f60";

test("the commit is marked by its short and its full id, another commit is not", () => {
  const parts = markCommits(`Commit 3f9c2ab7 (not deadbeef) did it; ${sha}.`, sha);
  expect(parts.filter(({ isCommit }) => isCommit).map(({ text }) => text)).toEqual(["3f9c2ab7", sha]);
  expect(parts.map(({ text }) => text).join("")).toBe(`Commit 3f9c2ab7 (not deadbeef) did it; ${sha}.`);
});

test("without a culprit nothing is marked", () => {
  expect(markCommits("Commit 3f9c2ab7", null)).toEqual([{ text: "Commit 3f9c2ab7", isCommit: false }]);
});
