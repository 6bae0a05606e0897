import { expect, test } from "vitest";
import { workloadOf } from "./workload-of.ts";

test.each([
  ["Pod", "api-7d9f8b6c5d-x2x4q", "api"],
  ["Pod", "checkout-api-66b6c48dd5-zk4xz", "checkout-api"],
  ["Pod", "fluentd-x2x4q", "fluentd"],
  ["Pod", "postgres-0", "postgres"],
  ["Pod", "backup-28391040-x2x4q", "backup"],
  ["Pod", "api", "api"],
  ["Pod", "api-7d9", "api-7d9"],
  ["ReplicaSet", "api-7d9f8b6c5d", "api"],
  ["Job", "backup-28391040", "backup"],
  ["Job", "migrate-v2", "migrate-v2"],
  ["Deployment", "api-0", "api-0"],
  ["Node", "ip-10-0-0-1", "ip-10-0-0-1"],
])("the workload of the %s %s is %s", (kind, name, workload) => {
  expect(workloadOf({ kind, name })).toBe(workload);
});
