import { parseTopologyKey } from "../domains/change/index.ts";
import { CulpritError } from "../platform/errors/culprit-error.ts";
import { nearestName } from "../platform/names/nearest-name.ts";

const NAMED_MAX = 10;

/**
 * The key of the service that was named: the key itself, or `name` or `namespace/name` where only one service has it. Of several,
 * the one that is not in a cluster and in the environment that is asked about. `known` is asked for a short name only: for the keys that end in it, and for
 * all of them where there is none.
 * @throws CulpritError NOT_FOUND with the candidates where there are several, or with what there is where there is none.
 */
export async function chooseService(
  named: string,
  environment: string | undefined,
  known: (ending?: string) => Promise<readonly string[]>,
): Promise<string> {
  if (parseTopologyKey(named) !== null) return named;
  const found = [...new Set(await known(named))].filter((key) => key.endsWith(`/${named}`));
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  const plain = found.find((key) => key === `default/${environment}/${named}`);
  if (plain !== undefined) return plain;
  const message =
    found.length > 0
      ? `${JSON.stringify(named)} is several services here: ${listed(found)}. Name one of them.`
      : unknownName(named, [...new Set(await known())]);
  throw new CulpritError("NOT_FOUND", message, { details: { field: "service", provided: named } });
}

function unknownName(named: string, keys: readonly string[]): string {
  const nearest = nearestName(
    named,
    keys.map((key) => key.split("/").slice(2).join("/")),
  );
  return `No service ${JSON.stringify(named)} is known here.${nearest === null ? "" : ` Did you mean ${nearest}?`}${
    keys.length === 0
      ? " A service is known once it sent something, was deployed or was called."
      : ` There are ${listed(keys)}.`
  }`;
}

function listed(keys: readonly string[]): string {
  const shown = keys.slice(0, NAMED_MAX).join(", ");
  return keys.length > NAMED_MAX ? `${shown} and ${keys.length - NAMED_MAX} more` : shown;
}
