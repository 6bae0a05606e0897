export { commitFromRelease, commitSha } from "./commit-from-release.ts";
export { firstLine, httpTitle, oneLine, titleOf } from "./title-of.ts";
