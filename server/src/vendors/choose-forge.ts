import type { ForgeKind } from "../domains/integration/index.ts";
import type { pathOfUrl } from "./github/open-forge.ts";

/** An integration with a forge, as it is stored. */
export interface ForgeCandidate {
  readonly id: string;
  readonly type: ForgeKind;
  readonly config: { readonly repositories?: readonly string[]; readonly base_url?: string };
}

const defaultHosts: Readonly<Record<ForgeKind, string>> = {
  github: "github.com",
  gitlab: "gitlab.com",
  gitea: "",
};

/** Where a registered repository lies. */
export type ForgePlace = NonNullable<ReturnType<typeof pathOfUrl>>;

/**
 * The integration to which pull requests go, and what it calls the repository: the first at whose host a registered repository lies, those that
 * name it before; else the first that names one. Null where there is none.
 */
export function chooseForge<Candidate extends ForgeCandidate>(
  candidates: readonly Candidate[],
  places: readonly ForgePlace[],
): { readonly candidate: Candidate; readonly repository: string } | null {
  for (const place of places) {
    const atHost = candidates.flatMap((candidate) => {
      const repository = repositoryAt(candidate, place);
      return repository === null ? [] : [{ candidate, repository }];
    });
    const names = ({ config }: ForgeCandidate) => (config.repositories ?? []).map((name) => name.toLowerCase());
    const found =
      atHost.find(({ candidate, repository }) => names(candidate).includes(repository.toLowerCase())) ??
      atHost.find(({ candidate }) => names(candidate).length === 0);
    if (found !== undefined) return found;
  }
  // A repository that was registered by its path on this machine says nothing of where it came from.
  for (const candidate of candidates) {
    const [repository] = candidate.config.repositories ?? [];
    if (repository !== undefined) return { candidate, repository };
  }
  return null;
}

/** What the forge calls the repository at a place; null where the place is none of its own. */
function repositoryAt(candidate: ForgeCandidate, { host, path }: ForgePlace): string | null {
  if (hostOf(candidate) !== host) return null;
  // A server below a path of its host has it before the names of its repositories; GitHub's API address has one of its own.
  const { pathname = "/" } = URL.parse(candidate.config.base_url ?? "") ?? {};
  const prefix = candidate.type === "github" ? "" : pathname.replace(/^\/|\/$/g, "");
  const repository = prefix !== "" && path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : path;
  const depth = repository.split("/").length;
  return depth === 2 || (depth > 2 && candidate.type === "gitlab") ? repository : null;
}

function hostOf({ type, config }: ForgeCandidate): string {
  const url = config.base_url === undefined ? null : URL.parse(config.base_url);
  return url === null ? defaultHosts[type] : url.host.replace(/^api\.(?=.*\.ghe\.com$)/, "");
}
