export { createGitRepositories, type GitRepositoriesOptions } from "./git-repositories.ts";
export { openLocalCheckout } from "./open-local-checkout.ts";
export { openLocalRepository } from "./open-local-repository.ts";
