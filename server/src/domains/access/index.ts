export { houseProject } from "./house-project.ts";
export { type KeyHolder, KeyRing } from "./key-ring.ts";
export type { KeyType } from "./keys.ts";
export { type ProjectSetting, projectNumbers, projectSettings, setProjectSetting } from "./project-settings.ts";
export { type CreatedProject, createProject, listProjects } from "./projects.ts";
export type { RefusedKind } from "./refused-sign-ins.ts";
export { createLoginLink, localUser, redeemLoginLink, type SignedIn, sessionUser, signOut } from "./sign-in.ts";
