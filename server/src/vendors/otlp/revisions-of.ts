import { type ResourceIdentity, resourceIdentity } from "./resource-identity.ts";
import type { Attributes } from "./span.ts";
import { isoOf } from "./upstream-of-span.ts";

/** Which revision of a service sent something, failed or not, and since when in this request. */
export type SeenRevision = Pick<ResourceIdentity, "service" | "environment" | "release" | "commitSha"> & {
  readonly occurredAt: string;
};

/** The revisions that the resources of a request name, each with the earliest time of what it sent; none of what names no revision. */
export function revisionsOf<T>(
  sent: readonly { readonly resource: Attributes; readonly items: readonly T[] }[],
  timeOf: (item: T) => number,
  receivedAt: Date,
): readonly SeenRevision[] {
  return sent.flatMap(({ resource, items }): SeenRevision[] => {
    const { service, environment, release, commitSha } = resourceIdentity(resource);
    if (items.length === 0 || (release === null && commitSha === null)) return [];
    let earliest = Number.POSITIVE_INFINITY;
    for (const item of items) earliest = Math.min(earliest, timeOf(item) > 0 ? timeOf(item) : earliest);
    const occurredAt = isoOf(Number.isFinite(earliest) ? earliest : receivedAt.getTime()) ?? receivedAt.toISOString();
    return [{ service, environment, release, commitSha, occurredAt }];
  });
}
