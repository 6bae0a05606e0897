import type { TokenAnswer, TokenCall, TokenForgeState } from "../git/token-forge.ts";

export interface GiteaState extends TokenForgeState {
  /** Of each repository, by name; a label is known by its id alone. */
  readonly labels: Map<string, string[]>;
}

export type Call = TokenCall<GiteaState>;

export interface Answer extends TokenAnswer {
  readonly isPaged?: boolean;
}
