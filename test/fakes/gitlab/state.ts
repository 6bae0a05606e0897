import type { FakeRepository } from "../github/repository.ts";

export interface GitLabState {
  readonly repositories: Map<string, FakeRepository>;
  readonly tokens: Map<string, { readonly username: string; readonly isReadOnly: boolean }>;
  /** Everybody that was met; a user's id is the place here, from 1. */
  readonly users: string[];
}

/** A call that passed the reference's checks. */
export interface Call {
  readonly state: GitLabState;
  readonly who: { readonly username: string; readonly isReadOnly: boolean };
  readonly webUrl: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** GitLab's answer to what is wrong. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
