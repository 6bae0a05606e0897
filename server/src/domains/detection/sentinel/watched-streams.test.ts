import { expect, test } from "vitest";
import { redNames, type SeriesQuery, type StoredSeries } from "../../telemetry/index.ts";
import { readServices, readStreams, SERIES_MAX } from "./watched-streams.ts";

const now = new Date("2026-06-08T12:00:00Z");
const series = (service: string, route: string, value: number): StoredSeries => ({
  ...{
    serviceKey: `default/production/${service}`,
    environment: "production",
    metric: redNames.requests,
    kind: "delta",
  },
  ...{ unit: "1", labels: route === "" ? {} : { route }, ref: `${service} ${route}` },
  ...{ times: Float64Array.of(now.getTime() - 60_000), values: Float64Array.of(value) },
});

/** Answers as stores do: by name, and as many as were asked for. */
function storeOf(all: readonly StoredSeries[]) {
  const queries: SeriesQuery[] = [];
  const readSeries = async (query: SeriesQuery) => {
    queries.push(query);
    return all
      .filter(({ labels }) => query.isExact !== true || Object.keys(labels).length === 0)
      .slice(0, query.seriesMax);
  };
  return { queries, store: { readSeries } };
}

test("where there are more series than one read brings, every service is watched all the same, and that it is cut is told", async () => {
  const routes = Array.from({ length: SERIES_MAX }, (_, route) => series("alpha", `/r${route}`, 1));
  const { store, queries } = storeOf([series("alpha", "", 5), ...routes, series("zulu", "", 7)]);
  let cut = 0;
  const streams = await readStreams(store, "project", now, () => {
    cut += 1;
  });
  const requestsOf = (service: string) =>
    streams.get(`default/production/${service}\nproduction\n`)?.requests.filter(Number.isFinite);
  expect([[...(requestsOf("alpha") ?? [])], [...(requestsOf("zulu") ?? [])]]).toEqual([[5], [7]]);
  expect([cut, queries.length]).toEqual([1, 2]);
});

test("a project of usual size is read once, with its routes", async () => {
  const { store, queries } = storeOf([series("alpha", "", 5), series("alpha", "/a", 1)]);
  expect((await readStreams(store, "project", now)).size).toBe(2);
  expect(queries).toHaveLength(1);
  expect((await readServices(store, "project", now)).map(({ route }) => route)).toEqual([""]);
});
