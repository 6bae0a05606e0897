import type { FakeRepository } from "../github/repository.ts";

export interface GiteaState {
  readonly repositories: Map<string, FakeRepository>;
  readonly tokens: Map<string, { readonly login: string; readonly isReadOnly: boolean }>;
  /** Of each repository, by name; a label is known by its id alone. */
  readonly labels: Map<string, string[]>;
}

/** A call that passed the description's checks. */
export interface Call {
  readonly state: GiteaState;
  readonly who: { readonly login: string; readonly isReadOnly: boolean };
  readonly webUrl: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly isPaged?: boolean;
}

/** Gitea's answer to what is wrong. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
