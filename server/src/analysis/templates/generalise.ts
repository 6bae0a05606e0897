import { value } from "./mask-line.ts";

/** What generalising needs to know of a template. */
export interface Form {
  readonly tokens: readonly string[];
  /** How many different words a place has stood for already, by place. */
  readonly variety: ReadonlyMap<number, number>;
}

/** Templates that are one, and the places where they differ. */
export interface Generalisation<T extends Form> {
  readonly members: readonly T[];
  readonly places: readonly number[];
}

const word = /[A-Za-z]{2}/;
const constantName = /^[A-Z][A-Z0-9_+-]*$/;
/** A word after one of these names something: few examples are enough to know that it varies. */
const naming =
  /^(?:users?|username|hosts?|hostname|clients?|nodes?|servers?|files?|named?|tables?|topics?|queues?|jobs?|tasks?|devices?|interfaces?|modules?|plugins?|services?|beans?|classe?s?|packages?|keys?|ids?|accounts?|customers?|tenants?)$/i;

const varietyNeeded = 5;
const varietyOfNames = 3;
const varietyOfConstants = 12;
const crowded = 48;

/**
 * Finds whether a new form and its siblings (the same punctuation, the same number of tokens) are one template: they differ in few places, and each
 * of these has shown so many different words that it is a value and no choice between texts (word variety in a column: Yu et al.,
 * "Brain", 2023). Words in capitals are states and protocols (`RUNNING`, `HTTPS`) and need more; what follows `user` or `host` needs less.
 * Where siblings have become very many, half of the words in common is enough, as in Drain (He et al. 2017).
 */
export function findGeneralisation<T extends Form>(fresh: T, siblings: readonly T[]): Generalisation<T> | null {
  const words = fresh.tokens.filter((token) => word.test(token)).length;
  const isCrowded = siblings.length >= crowded;
  const placesMax = Math.min(6, Math.floor((words + 1) / 2));
  if (placesMax === 0) return null;
  const groups = new Map<string, { places: number[]; members: T[] }>();
  for (const sibling of siblings) {
    const places = differences(fresh.tokens, sibling.tokens, placesMax);
    if (places === null || places.length === 0) continue;
    const key = places.join();
    const group = groups.get(key) ?? { places, members: [] };
    groups.set(key, group);
    group.members.push(sibling);
  }
  const ordered = [...groups.values()].sort((a, b) => a.places.length - b.places.length);
  for (const { places } of ordered) {
    // A form that differs in fewer of these places belongs to it too.
    const members = ordered
      .filter((group) => group.places.every((place) => places.includes(place)))
      .flatMap((group) => group.members);
    if (isOne(fresh, members, places, isCrowded)) return { members, places };
  }
  return null;
}

function isOne(fresh: Form, members: readonly Form[], places: readonly number[], isCrowded: boolean): boolean {
  const constant = fresh.tokens.filter((token, at) => word.test(token) && !places.includes(at)).length;
  if (constant < places.length) return false;
  const scarce = constant >= 3 * places.length ? 0 : constant >= 2 * places.length ? 1 : 4;
  return places.every((place) => {
    const seen = new Set([fresh.tokens[place] ?? ""]);
    let known = 0;
    for (const member of members) {
      seen.add(member.tokens[place] ?? "");
      known = Math.max(known, member.variety.get(place) ?? 0);
    }
    const distinct = Math.max(seen.size, known);
    const loud = [...seen].filter((token) => constantName.test(token)).length * 2 >= seen.size;
    if (loud) return distinct >= varietyOfConstants;
    if (naming.test(fresh.tokens[place - 1] ?? "")) return distinct >= varietyOfNames;
    if (isCrowded) return distinct >= 2;
    return distinct >= varietyNeeded + scarce;
  });
}

/** Where two forms differ; null where that is in more places than allowed, or in punctuation. */
function differences(a: readonly string[], b: readonly string[], most: number): number[] | null {
  const places: number[] = [];
  for (let at = 0; at < a.length; at++) {
    if (a[at] === b[at]) continue;
    if (places.length >= most || !isWordOrValue(a[at]) || !isWordOrValue(b[at])) return null;
    places.push(at);
  }
  return places;
}

function isWordOrValue(token: string | undefined): boolean {
  return token !== undefined && (token === value || word.test(token));
}

/** The punctuation of a form, and how many tokens lie between: forms of one template have it in common. */
export function shapeOf(tokens: readonly string[]): string {
  let shape = "";
  for (const token of tokens) shape += token === value || word.test(token) ? "w" : token;
  return shape;
}
