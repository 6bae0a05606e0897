export { createGitRepositories, type GitRepositoriesOptions } from "./git-repositories.ts";
export { openLocalRepository } from "./open-local-repository.ts";
