import type { Scope, Secrets } from "./scope.ts";

/** The names that are there in every expression. */
export const rootNames = ["event", "inputs", "steps", "workflow", "execution", "project", "incident"] as const;

/** What an expression can name, as a map: nothing is inherited, so `constructor` is as unknown as any other. */
export function namesOfScope(scope: Scope, secrets?: Secrets): ReadonlyMap<string, unknown> {
  const names = new Map<string, unknown>(Object.entries(scope.locals ?? {}));
  for (const name of rootNames) names.set(name, scope[name]);
  if (scope.failure !== undefined) names.set("failure", scope.failure);
  if (secrets !== undefined) names.set("secrets", secrets);
  return names;
}
