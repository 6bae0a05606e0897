/** The alphabet of the endings that Kubernetes makes up: no vowels and no digit that looks like one. */
const made = "[bcdfghjklmnpqrstvwxz2456789]";
const ofDeployment = new RegExp(`^(.+)-${made}{8,10}-${made}{5}$`);
const ofDaemonSet = new RegExp(`^(.+)-${made}{5}$`);
const ofStatefulSet = /^(.+)-\d{1,4}$/;
const replicaSet = new RegExp(`^(.+)-${made}{8,10}$`);
/** A CronJob ends its jobs with the minute, counted from 1970. */
const ofCronJob = /^(.+)-\d{8}$/;

/**
 * The workload that a resource belongs to, read from its name, because a fault does not carry labels: the Deployment of
 * `api-7d9f8b6c5d-x2x4q` is `api`. A name that was not made up is the workload's own.
 */
export function workloadOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  switch (kind) {
    case "Pod":
      return firstMatch(name, [ofDeployment, ofDaemonSet, ofStatefulSet, ofCronJob], workloadOfJob);
    case "ReplicaSet":
      return firstMatch(name, [replicaSet]);
    case "Job":
      return firstMatch(name, [ofCronJob]);
    default:
      return name;
  }
}

/** The pod of a CronJob's job has two endings. */
function workloadOfJob(name: string): string {
  return firstMatch(name, [ofCronJob]);
}

function firstMatch(
  name: string,
  patterns: readonly RegExp[],
  then: (name: string) => string = (rest) => rest,
): string {
  for (const pattern of patterns) {
    const [, rest] = pattern.exec(name) ?? [];
    if (rest !== undefined) return then(rest);
  }
  return name;
}
