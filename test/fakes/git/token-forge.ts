import type { IncomingMessage } from "node:http";
import { FakeRepository } from "../github/repository.ts";
import { BareRepository } from "./bare-repository.ts";
import { matchOperations, Refusal, sendJson, serveForge } from "./serve-forge.ts";

/** Who a token speaks for; one that only reads may not push either. */
export interface TokenUser {
  readonly login: string;
  readonly isReadOnly: boolean;
}

export interface TokenForgeState {
  readonly repositories: Map<string, FakeRepository>;
  readonly tokens: Map<string, TokenUser>;
}

/** A call that passed the description's checks. */
export interface TokenCall<State extends TokenForgeState> {
  readonly state: State;
  readonly who: TokenUser;
  readonly webUrl: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface TokenAnswer {
  readonly status: number;
  /** Plain text where it is text, else JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a forge whose users have tokens has of its own. */
export interface TokenForge<State extends TokenForgeState, Name extends string> {
  readonly name: string;
  /** What the paths of its API begin with. */
  readonly prefix: string;
  readonly operations: readonly Name[];
  readonly partOf?: (part: string) => string;
  readonly state: State;
  tokenOf(headers: IncomingMessage["headers"]): string;
  newToken(count: number): string;
  readonly refusals: { readonly noToken: string; readonly readOnly: string; readonly notFound: object };
  /** The status of its answer to a request that its description does not allow. */
  readonly invalidStatus: number;
  problemsOfRequest(name: Name, request: Pick<TokenCall<State>, "query" | "body">): string[];
  problemsOfAnswer(name: Name, status: number, body: unknown): string[];
  perform(name: Name, call: TokenCall<State>): TokenAnswer;
}

export interface FakeTokenForge {
  /** `base_url` of an integration. */
  readonly url: string;
  /** Answers that the forge would not give; a test ends with none. */
  readonly faults: readonly string[];
  addGitRepository(owner: string, name: string, gitDir: string): FakeRepository;
  /** @returns the token of a user; one that only reads may not push. */
  addToken(login: string, rights?: { readonly isReadOnly?: boolean }): string;
  close(): Promise<void>;
}

/** Starts a fake forge whose users have tokens, which are their passwords for git as well. */
export async function startTokenForge<State extends TokenForgeState, Name extends string>(
  forge: TokenForge<State, Name>,
): Promise<FakeTokenForge> {
  const { state, refusals } = forge;
  const faults: string[] = [];
  const match = matchOperations(forge.operations, forge.partOf);
  const userOf = (token: string): TokenUser => {
    const who = state.tokens.get(token);
    if (who === undefined) throw new Refusal(401, refusals.noToken);
    return who;
  };
  const { webUrl, close } = await serveForge({
    ...{ name: forge.name, faults },
    gitDirOf: (fullName) => state.repositories.get(fullName.toLowerCase())?.bare?.gitDir,
    mayPush: (password) => !userOf(password ?? "").isReadOnly,
    answer({ method, url, text, message }, response, webUrl) {
      const found = match(method, url.pathname.replace(forge.prefix, ""));
      if (found === null || !url.pathname.startsWith(forge.prefix)) {
        faults.push(`${method} ${url.pathname} is not among the operations of the fake ${forge.name}`);
        sendJson(response, 404, refusals.notFound);
        return;
      }
      try {
        const who = userOf(forge.tokenOf(message.headers));
        if (who.isReadOnly && method !== "GET") throw new Refusal(403, refusals.readOnly);
        const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
        const query = Object.fromEntries(url.searchParams);
        const problems = forge.problemsOfRequest(found.operation, { query, body });
        if (problems.length > 0) throw new Refusal(forge.invalidStatus, problems.join("; "));
        for (const repository of state.repositories.values()) repository.sync();
        const given = forge.perform(found.operation, { state, who, webUrl, path: found.path, query, body });
        const wrong = forge.problemsOfAnswer(found.operation, given.status, given.body);
        faults.push(...wrong.map((fault) => `${found.operation}: ${fault}`));
        if (typeof given.body === "string")
          response.writeHead(given.status, { "content-type": "text/plain" }).end(given.body);
        else sendJson(response, given.status, given.body, given.headers);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        sendJson(response, error.status, { message: error.message });
      }
    },
  });
  return {
    ...{ url: webUrl, faults, close },
    addGitRepository: (owner, name, gitDir) => {
      const id = state.repositories.size + 1;
      const made = new FakeRepository(id, owner, name, new BareRepository(gitDir), () => new Date());
      state.repositories.set(made.fullName.toLowerCase(), made);
      return made;
    },
    addToken: (login, { isReadOnly = false } = {}) => {
      const token = forge.newToken(state.tokens.size);
      state.tokens.set(token, { login, isReadOnly });
      return token;
    },
  };
}

/** The page of a list that was asked for, and whether there is one behind it. */
export function pageOf(
  items: readonly unknown[],
  query: Readonly<Record<string, string>>,
  size: { readonly parameter: string; readonly most: number; readonly usual: number },
): { readonly body: unknown[]; readonly next: number | null } {
  const limit = Math.min(size.most, Number(query[size.parameter] ?? size.usual));
  const page = Number(query.page ?? 1);
  return { body: items.slice((page - 1) * limit, page * limit), next: items.length > page * limit ? page + 1 : null };
}
