import type { TokenCall, TokenForgeState } from "../git/token-forge.ts";

export interface GitLabState extends TokenForgeState {
  /** Everybody that was met; a user's id is the place here, from 1. */
  readonly users: string[];
}

export type Call = TokenCall<GitLabState>;
