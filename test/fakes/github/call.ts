import { Refusal } from "../git/serve-forge.ts";
import type { FakeRepository, FakeUser } from "./repository.ts";
import type { FakeApp, FakeGitHubState, FakeInstallation, FakeToken } from "./state.ts";

/** Who calls: a token of a person, an installation's, or the app itself by its JWT. */
export type Identity =
  | { readonly kind: "token"; readonly token: FakeToken; readonly user: FakeUser }
  | {
      readonly kind: "installation";
      readonly installation: FakeInstallation;
      readonly app: FakeApp;
      readonly user: FakeUser;
    }
  | { readonly kind: "app"; readonly app: FakeApp }
  | { readonly kind: "nobody" };

/** A call that passed the description's checks. */
export interface Call {
  readonly state: FakeGitHubState;
  readonly identity: Identity;
  readonly apiUrl: string;
  readonly webUrl: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  /** Null for none. */
  readonly body: unknown;
  /** Given in pages, by `page` and `per_page`. */
  readonly isList?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Answer;

/** The repository of the path, where the caller may see it. */
export function repositoryOf(call: Call): FakeRepository {
  const found = call.state.repository(`${call.path.owner}/${call.path.repo}`);
  if (found === undefined || !maySee(call.identity, found)) throw new Refusal(404, "Not Found");
  return found;
}

export function userOfCall({ identity }: Call): FakeUser {
  if (identity.kind === "token" || identity.kind === "installation") return identity.user;
  throw new Refusal(403, "Resource not accessible by integration");
}

/** One of `items`, or GitHub's 404. */
export function found<T>(item: T | undefined | null): T {
  if (item === undefined || item === null) throw new Refusal(404, "Not Found");
  return item;
}

export function text(call: Call, field: string): string {
  const value = call.body[field];
  return typeof value === "string" ? value : "";
}

function maySee(identity: Identity, repository: FakeRepository): boolean {
  if (identity.kind === "token")
    return identity.token.repositories === null || identity.token.repositories.includes(repository.fullName);
  return identity.kind === "installation" && identity.installation.repositories.includes(repository.fullName);
}
