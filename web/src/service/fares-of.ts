import type { MetricSeries } from "@culprit/contract";
import { type Red, redOf } from "./red-of.ts";
import type { StepWindow } from "./whole-steps.ts";

export interface Fare {
  readonly environment: string;
  readonly red: Red;
}

/** How each service fares, by its key: in the environment where it is asked most. */
export function faresOf({ items }: Pick<MetricSeries, "items">, window: StepWindow): ReadonlyMap<string, Fare> {
  const fares = [...Map.groupBy(items, ({ service_key }) => service_key)].flatMap(([key, own]) => {
    const places = [...Map.groupBy(own, ({ environment }) => environment)].map(([environment, series]) => ({
      environment,
      red: redOf({ items: series }, window),
    }));
    const [busiest] = places.filter(({ red }) => red.requests !== null).toSorted((a, b) => asked(b) - asked(a));
    return busiest === undefined ? [] : [[key, busiest] as const];
  });
  return new Map(fares);
}

/** Requests a minute that make two minutes without any no chance. */
const usualMin = 5;

/** Whether a service is asked no longer that was asked all the time: it may be down, or nobody can reach it. */
export function isSilent({ red: { requests } }: Fare): boolean {
  const known = (requests?.values ?? []).filter((value) => value !== null);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return known.at(-1) === 0 && mean >= usualMin;
}

function asked({ red }: Fare): number {
  return red.requests?.values.reduce<number>((sum, value) => sum + (value ?? 0), 0) ?? 0;
}
