import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Provider } from "../provider-port.ts";

/**
 * Settings that a person or key entered, with what the provider's own set-up wrote as it stands: whoever could enter it would be
 * somebody else's installation. @throws CulpritError INVALID_REQUEST where other values were entered.
 */
export function keepOwnSetUp(
  provider: Pick<Provider, "ownSetUp" | "title">,
  entered: unknown,
  stored: unknown,
): unknown {
  const { ownSetUp } = provider;
  if (ownSetUp === undefined) return entered;
  const [next, standing] = [recordOf(entered), recordOf(stored)];
  const isMadeBySetUp = standing[ownSetUp.mark] !== undefined;
  const kept = isMadeBySetUp ? ownSetUp.fields : [ownSetUp.mark];
  const wrong = kept.find((field) => next[field] !== undefined && next[field] !== standing[field]);
  if (wrong !== undefined) {
    throw new CulpritError("INVALID_REQUEST", `${wrong} of ${provider.title} is set by ${ownSetUp.where} alone.`, {
      details: { field: `config.${wrong}` },
    });
  }
  if (!isMadeBySetUp) return entered;
  return {
    ...next,
    ...Object.fromEntries(kept.flatMap((field) => (field in standing ? [[field, standing[field]]] : []))),
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
