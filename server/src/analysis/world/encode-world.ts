import { nothingLearned } from "../learning/learned.ts";
import type { World } from "./world.ts";

/*
 * A World as JSON and back, the same in every value: Maps, Float64Arrays, NaN and the infinities, which JSON has no words for, are
 * objects with one key that no world holds. What is written says which form it has, so that a later one can be told apart.
 */

const form = 1;
const mark = "$culprit";

/** Texts of a world beyond this many characters are cut, least needed first. */
export const worldCharsMax = 6_000_000;

export interface EncodedWorld {
  readonly text: string;
  /** Whether something was left out to stay within the bound. */
  readonly isCut: boolean;
}

/**
 * A world as text of at most about 6 million characters. Where it is longer it loses, in this order and only as far as needed: the text of files, patches of
 * commits, examples and all but the newest 240 values of each series, and at last the series themselves.
 */
export function encodeWorld(world: World): EncodedWorld {
  let text = encode(world);
  if (text.length <= worldCharsMax) return { text, isCut: false };
  let cut = world;
  for (const shorten of shortenings) {
    cut = shorten(cut);
    text = encode(cut);
    if (text.length <= worldCharsMax) break;
  }
  return { text, isCut: true };
}

/**
 * The world of a text that `encodeWorld` gave.
 * @throws Error when the text has another form.
 */
export function decodeWorld(text: string): World {
  const { form: found, world } = JSON.parse(text, revive) as { form?: unknown; world?: unknown };
  if (found !== form || typeof world !== "object" || world === null)
    throw new Error(`this world was stored in form ${JSON.stringify(found)}; this engine reads form ${form}`);
  return withDefaults(world as Partial<World>);
}

/** What worlds did not hold yet when they were stored. A part that is added to a world gets its line here. */
function withDefaults(stored: Partial<World>): World {
  const learned = { ...nothingLearned, ...stored.learned };
  return { observed: null, isHistoryCut: false, ownPaths: [], owner: null, related: [], ...stored, learned } as World;
}

function encode(world: World): string {
  return JSON.stringify({ form, world: plain(world) });
}

/** A copy that JSON can say. */
function plain(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : { [mark]: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Float64Array)
    return { [mark]: "f64", values: Array.from(value, (one) => (Number.isFinite(one) ? one : String(one))) };
  if (value instanceof Map) return { [mark]: "map", entries: [...value].map(plain) };
  if (value instanceof Set) return { [mark]: "set", entries: [...value].map(plain) };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([name, one]) => [name, plain(one)]),
  );
}

function revive(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !(mark in value)) return value;
  const { [mark]: kind, values, entries } = value as { [mark]: unknown; values?: unknown; entries?: unknown };
  switch (kind) {
    case "f64":
      return Float64Array.from((values as unknown[]).map(Number));
    case "map":
      return new Map(entries as [unknown, unknown][]);
    case "set":
      return new Set(entries as unknown[]);
    case "NaN":
    case "Infinity":
    case "-Infinity":
      return Number(kind);
    default:
      return value;
  }
}

const pointsKept = 240;

const shortenings: readonly ((world: World) => World)[] = [
  (world) => ({ ...world, sources: new Map() }),
  (world) => ({
    ...world,
    range:
      world.range === null
        ? null
        : { ...world.range, commits: world.range.commits.map((one) => ({ ...one, patch: "" })) },
  }),
  (world) =>
    world.observed === null
      ? world
      : {
          ...world,
          observed: {
            ...world.observed,
            logs: world.observed.logs.map((log) => ({ ...log, example: log.example.slice(0, 200) })),
            series: world.observed.series.map((series) => ({
              ...series,
              times: series.times.slice(-pointsKept),
              values: series.values.slice(-pointsKept),
            })),
          },
        },
  (world) =>
    world.observed === null
      ? world
      : {
          ...world,
          observed: {
            ...world.observed,
            series: [],
            gaps: [...world.observed.gaps, "The series were too many to keep."],
          },
        },
];
