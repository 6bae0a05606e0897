import { expect, test } from "vitest";
import { chooseDefaultBranch, readRemoteHead } from "./default-branch.ts";

const sha = "a".repeat(40);
const heads = (...names: string[]) => names.map((name) => `${sha}\trefs/heads/${name}\n`).join("");

test.each([
  ["HEAD's branch", `ref: refs/heads/dev\tHEAD\n${sha}\tHEAD\n${heads("dev", "main")}`, "dev", null],
  ["no branch, where HEAD is a commit", `${sha}\tHEAD\n${heads("dev", "main")}`, null, null],
  ["the only branch, where HEAD leads nowhere", heads("dev"), "dev", /a branch that is not there, so "dev" is read\./],
  [
    "main beside others, where HEAD leads nowhere",
    heads("dev", "main"),
    "main",
    /symbolic-ref HEAD refs\/heads\/main$/,
  ],
  [
    "nothing where it is not clear",
    heads("main", "master"),
    null,
    /several branches \(main, master\).* refs\/heads\/BRANCH/,
  ],
  ["nothing of an empty repository", "", null, /no branch yet/],
] as const)("%s", (_, output, branch, warning) => {
  const chosen = chooseDefaultBranch(readRemoteHead(output));
  expect(chosen.branch).toBe(branch);
  if (warning === null) expect(chosen.warning).toBeNull();
  else expect(chosen.warning).toMatch(warning);
});
