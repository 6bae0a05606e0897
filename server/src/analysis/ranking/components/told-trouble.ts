import type { Component } from "../../observations/observations.ts";

/** Words of those who are flooded: somebody else's slowness, or too much load, shows in them sooner than a fault of one's own. */
const flooded =
  /overload|queue (?:is )?full|too many (?:requests|connections|clients)|rate.?limit|throttl|back ?pressure|from the pool|pool (?:is )?exhausted|client closed|broken pipe|cancell?ed|waiting for/i;
const FLOODED = 0.35;
/** Who names another one in a line of trouble mostly reports. */
const REPORTING = 0.3;
const NAME_MIN = 4;

/** How a line of trouble is shared between who writes it and whom it names: what of its strength is the writer's, and who is named. */
export interface ToldTrouble {
  readonly own: number;
  readonly named: readonly string[];
}

/** Reads who a line of trouble speaks of. */
export function whoIsToldOf(line: string, writer: string, components: readonly Component[]): ToldTrouble {
  const named = components
    .filter(({ key, name }) => key !== writer && name.length >= NAME_MIN && mentions(line, name))
    .map(({ key }) => key);
  return { own: (named.length > 0 ? REPORTING : 1) * (flooded.test(line) ? FLOODED : 1), named };
}

function mentions(text: string, name: string): boolean {
  const isEdge = (char: string | undefined) => char === undefined || !/[\w-]/.test(char);
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (isEdge(text[at - 1]) && isEdge(text[at + name.length])) return true;
  return false;
}
