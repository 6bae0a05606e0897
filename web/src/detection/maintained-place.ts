import type { MaintenanceView } from "@culprit/contract";

/** What a maintenance is of, in words. */
export function maintainedPlace({ service, environment }: Pick<MaintenanceView, "service" | "environment">): string {
  return `${service ?? "every service"} in ${environment ?? "every environment"}`;
}
