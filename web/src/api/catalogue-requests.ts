import {
  type Service,
  type ServiceList,
  serviceListSchema,
  type TopologyReply,
  topologySchema,
} from "@culprit/contract";
import { z } from "zod";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

/** One page of a project's services by name, each with what runs of it. */
export function readServices(
  project: string,
  cursor: string | null,
  signal: AbortSignal,
  name: string | null = null,
): Promise<ServiceList> {
  return fetchJson(`/api/services${queryString({ project, limit: 100, cursor, name })}`, serviceListSchema, { signal });
}

/** Says which paths of the repository are a service's own; none: all of it. */
export async function saveServicePaths(id: Service["id"], paths: readonly string[]): Promise<void> {
  await fetchJson(`/api/services/${encodeURIComponent(id)}/paths`, z.unknown(), { method: "PUT", body: { paths } });
}

export interface TopologyPlace {
  readonly project: string;
  /** The key of a service, or `<kind>:<name>` of what services call. */
  readonly service: string;
  readonly environment: string;
  readonly hops: number;
}

/** Who calls whom around a place. */
export function readTopology(place: TopologyPlace, signal: AbortSignal): Promise<TopologyReply> {
  return fetchJson(`/api/topology${queryString({ ...place })}`, topologySchema, { signal });
}
