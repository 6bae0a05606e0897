/** What is known of a service and the repository that it shares with others. */
export interface PathFacts {
  readonly service: string | null;
  /** Patterns that somebody said are its own. */
  readonly declared: readonly string[];
  /** Every path at the deployed commit. */
  readonly tree: readonly string[];
}

const DEPTH_MAX = 3;

/**
 * The paths of a monorepo that are a service's own: those that were declared; else the one folder, at most three deep and beside others, that is
 * named like the service. Empty where nothing tells: then the whole repository is its own.
 */
export function servicePaths({ service, declared, tree }: PathFacts): readonly string[] {
  if (declared.length > 0) return declared;
  if (service === null) return [];
  const wanted = plain(service);
  const folders = new Set<string>();
  for (const path of tree) {
    const parts = path.split("/");
    for (let depth = 1; depth <= Math.min(DEPTH_MAX, parts.length - 1); depth += 1)
      folders.add(parts.slice(0, depth).join("/"));
  }
  const named = [...folders].filter((folder) => {
    const parts = folder.split("/");
    return parts.length > 1 && plain(parts.at(-1) ?? "") === wanted && siblingsOf(folder, folders) > 0;
  });
  return named.length === 1 ? [`/${named[0]}/`] : [];
}

function siblingsOf(folder: string, folders: ReadonlySet<string>): number {
  const parent = folder.slice(0, folder.lastIndexOf("/") + 1);
  return [...folders].filter(
    (one) => one !== folder && one.startsWith(parent) && !one.slice(parent.length).includes("/"),
  ).length;
}

/** Without what people write differently: `cart-service`, `cart_service` and `CartService` are one. */
function plain(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/-(?:service|svc|app|api)$/, "");
}
