/**
 * The service of a Kubernetes pod by its name: without the hash of the replica set and of the pod (`carts-5fcd447d84-wxwjd`), of a daemon set's
 * pod (`agent-wxwjd`) only where it has a digit, or without a stateful set's number (`db-0`).
 */
export function serviceOfPod(pod: string): string {
  const bare =
    /^(.+?)-[0-9a-f]{6,10}-[a-z0-9]{5}$/.exec(pod) ??
    /^(.+?)-(?=[a-z]*\d)[a-z0-9]{5}$/.exec(pod) ??
    /^(.+?)-\d{1,3}$/.exec(pod);
  return bare?.[1] ?? pod;
}
