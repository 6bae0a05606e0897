import type { TelemetryOrigin } from "@culprit/contract";
import { serviceKeyOf } from "../../analysis/change/service-identity.ts";
import { textOf } from "./http-of-span.ts";
import { resourceIdentity } from "./resource-identity.ts";
import type { Attributes } from "./span.ts";

/** Whom telemetry of a resource speaks of, and which of its instances. */
export interface ResourceOrigin extends TelemetryOrigin {
  /** `service.instance.id`, the pod, container or host: two instances of a service have each their own series. */
  readonly instance: string | null;
}

const NAME_MAX = 255;
const ENVIRONMENT_MAX = 50;

/**
 * The service that a resource is, by OpenTelemetry's conventions: in Kubernetes `k8s.cluster.name/k8s.namespace.name/service`, without
 * `default/<environment>/service`. The service is `service.name`, else the workload, else `fallbackService`, the project's own.
 */
export function telemetryOrigin(resource: Attributes, fallbackService: string): ResourceOrigin {
  const { service, environment: told } = resourceIdentity(resource);
  const environment = told.slice(0, ENVIRONMENT_MAX);
  const text = (name: string) => textOf(resource, name);
  const name =
    service ??
    text("k8s.deployment.name") ??
    text("k8s.statefulset.name") ??
    text("k8s.daemonset.name") ??
    text("k8s.cronjob.name") ??
    text("k8s.job.name") ??
    text("faas.name") ??
    fallbackService;
  const [cluster, namespace] = [text("k8s.cluster.name"), text("k8s.namespace.name")];
  const isInKubernetes = cluster !== null || namespace !== null;
  return {
    serviceKey: serviceKeyOf(
      part(cluster ?? "default"),
      part(isInKubernetes ? (namespace ?? "default") : environment),
      name.slice(0, NAME_MAX),
    ),
    environment,
    instance:
      text("service.instance.id") ??
      text("k8s.pod.name") ??
      text("container.id")?.slice(0, 12) ??
      text("host.name") ??
      text("host.id"),
  };
}

/** A cluster may be an ARN; the key has its slashes at fixed places. */
function part(name: string): string {
  return name.replaceAll("/", "_").slice(0, NAME_MAX);
}
