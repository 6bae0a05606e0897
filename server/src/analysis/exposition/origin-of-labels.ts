import type { TelemetryOrigin } from "@culprit/contract";
import { serviceKeyOf, serviceNameOf } from "../change/service-identity.ts";
import { workloadOf } from "../fault/workload-of.ts";

type Labels = Readonly<Record<string, string>>;

/** Where a series comes from, and its labels without what says so. */
export interface LabelledOrigin extends TelemetryOrigin {
  readonly labels: Record<string, string>;
}

const clusterNames = ["cluster", "k8s_cluster_name", "cluster_name"];
const namespaceNames = ["namespace", "kubernetes_namespace", "k8s_namespace_name", "exported_namespace"];
const environmentNames = ["environment", "deployment_environment_name", "deployment_environment", "env"];
const workloadNames = ["deployment", "statefulset", "daemonset", "cronjob"];

const LABELS_MAX = 32;
const CHARS_MAX = 200;

/**
 * The service that a series of Prometheus speaks of, by what its labels are called: `service_name` or the labels of Kubernetes' recommended set, else `app`, the
 * workload, the workload of the pod, `service`, the `job` (without the namespace that OpenTelemetry puts before it), else `fallbackService`. With a cluster or
 * namespace the key is `cluster/namespace/service`, else `default/<environment>/service`. Labels are cut to 32 of 200 characters.
 */
export function originOfLabels(labels: Labels, fallbackService: string): LabelledOrigin {
  const used = new Set<string>();
  const first = (names: readonly string[]) => {
    const name = names.find((each) => labels[each] !== undefined && labels[each] !== "");
    if (name !== undefined) used.add(name);
    return name === undefined ? null : (labels[name] ?? null);
  };
  const environment = first(environmentNames) ?? "production";
  const cluster = first(clusterNames);
  const namespace = first(namespaceNames);
  const key = serviceKeyOf(
    part(cluster ?? "default"),
    part(cluster === null && namespace === null ? environment : (namespace ?? "default")),
    serviceOf(labels, first) ?? fallbackService,
  );
  const rest: Record<string, string> = {};
  let left = LABELS_MAX;
  for (const name in labels) {
    if (name === "__name__" || used.has(name) || left === 0) continue;
    left -= 1;
    rest[name.slice(0, CHARS_MAX)] = (labels[name] ?? "").slice(0, CHARS_MAX);
  }
  return { serviceKey: key.slice(0, 600), environment: environment.slice(0, 50), labels: rest };
}

function serviceOf(labels: Labels, first: (names: readonly string[]) => string | null): string | null {
  const named = first(["service_name", "app_kubernetes_io_name", "label_app_kubernetes_io_name"]);
  if (named !== null) return named;
  const { app, pod } = labels;
  const workload = first(["app"]) ?? first(workloadNames);
  if (workload !== null) return serviceNameOf({ labels: app === undefined ? {} : { app }, deployment: workload });
  // Pods come and go: they stay as a label, and their workload is the service.
  if (pod !== undefined && pod !== "") return workloadOf({ kind: "Pod", name: pod });
  const service = first(["service"]);
  if (service !== null) return service;
  const { job } = labels;
  if (job === undefined || job === "") return null;
  return job.slice(job.lastIndexOf("/") + 1) || null;
}

function part(name: string): string {
  return name.replaceAll("/", "_").slice(0, 255);
}
