import type { Measure, Series } from "../../observations/observations.ts";

/** Which way is trouble, and how much a shift of this measure says about its component at all. */
export interface TroubleDirection {
  readonly direction: "up" | "down" | "either";
  /** 0..1: a component that is slow, failing or short of something is a cause more often than one that merely gets more or fewer requests. */
  readonly weight: number;
}

const directions: Readonly<Record<Measure, TroubleDirection>> = {
  latency: { direction: "up", weight: 1 },
  errors: { direction: "up", weight: 1 },
  availability: { direction: "down", weight: 1 },
  cpu: { direction: "up", weight: 1 },
  memory: { direction: "up", weight: 1 },
  saturation: { direction: "up", weight: 0.9 },
  restarts: { direction: "up", weight: 1 },
  traffic: { direction: "either", weight: 0.5 },
  logs: { direction: "up", weight: 0.5 },
  other: { direction: "either", weight: 0.5 },
};

export function troubleDirection(measure: Measure): TroubleDirection {
  return directions[measure];
}

const concurrency =
  /active|in.?flight|in.?use|connection|conn|pool|pending|waiting|thread|worker|goroutine|backlog|queue|request/iu;

/**
 * Whether a series tells of calls: how many, how long, how many failed, how many at once. What is busy at once is calls times their length (Little 1961), so that
 * it grows with every wait for somebody else and is no shortage of one's own.
 */
export function isOfCalls(series: Series): boolean {
  switch (series.measure) {
    case "latency":
    case "errors":
    case "availability":
    case "traffic":
      return true;
    case "saturation":
      return concurrency.test(series.metric) && !/lock|disk|filesystem|throttl/iu.test(series.metric);
    default:
      return false;
  }
}
