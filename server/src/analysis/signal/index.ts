export { commitFromRelease, commitSha } from "./commit-from-release.ts";
export { serviceOfProject } from "./service-of-project.ts";
export { firstLine, httpTitle, oneLine, titleOf } from "./title-of.ts";
