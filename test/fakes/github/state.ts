import type { BareRepository } from "../git/bare-repository.ts";
import { FakeRepository } from "./repository.ts";

export type Permissions = Readonly<Record<string, "read" | "write">>;

export interface FakeToken {
  readonly token: string;
  readonly login: string;
  /** Full names; null for all. */
  readonly repositories: readonly string[] | null;
  /** A classic token's scopes, or null for a fine-grained one. */
  readonly scopes: readonly string[] | null;
  readonly permissions: Permissions | null;
  expiresAt: Date | null;
}

export interface FakeApp {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly owner: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly webhookSecret: string;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  hookUrl: string;
  readonly setupUrl: string | null;
}

export interface FakeInstallation {
  readonly id: number;
  readonly appId: number;
  readonly account: string;
  repositories: string[];
  permissions: Permissions;
  suspendedAt: string | null;
  createdAt: string;
}

/** A failure that a test ordered for calls of one operation. */
export interface OrderedFailure {
  readonly operation: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Does what was asked, then breaks the connection instead of answering. */
  readonly isAfterwards?: boolean;
  times: number;
}

export interface SeenRequest {
  readonly operation: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly status: number;
}

/** All that the fake holds. */
export class FakeGitHubState {
  readonly repositories = new Map<string, FakeRepository>();
  readonly tokens = new Map<string, FakeToken>();
  readonly installationTokens = new Map<string, { readonly installationId: number; readonly expiresAt: Date }>();
  readonly apps = new Map<number, FakeApp>();
  readonly installations = new Map<number, FakeInstallation>();
  /** Apps that were made by a manifest and wait for their code to be turned in. */
  readonly manifestCodes = new Map<string, number>();
  readonly failures: OrderedFailure[] = [];
  readonly requests: SeenRequest[] = [];
  /** Answers of the fake that GitHub would not give. */
  readonly faults: string[] = [];
  readonly now: () => Date;
  remaining = 5000;
  resetsAt: Date;
  #lastId = 0;

  constructor(now: () => Date) {
    this.now = now;
    this.resetsAt = new Date(now().getTime() + 3_600_000);
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  repository(fullName: string): FakeRepository | undefined {
    return this.repositories.get(fullName.toLowerCase());
  }

  addRepository(
    owner: string,
    name: string,
    content: Readonly<Record<string, string>> | BareRepository = {},
  ): FakeRepository {
    const made = new FakeRepository(this.nextId(), owner, name, content, this.now);
    this.repositories.set(made.fullName.toLowerCase(), made);
    return made;
  }
}
