import type { MetricKind } from "@culprit/contract";

/** Types of metric families, as the text formats and remote-write call them. */
export const familyTypes = [
  "unknown",
  "counter",
  "gauge",
  "histogram",
  "gaugehistogram",
  "summary",
  "info",
  "stateset",
] as const;
export type FamilyType = (typeof familyTypes)[number];

const parts = /_(?:bucket|count|sum|total|created|info|gcount|gsum)$/;

/** The type of the family that a series belongs to, by its own name or without its suffix. */
export function typeOfSeries(name: string, types: ReadonlyMap<string, FamilyType>): FamilyType {
  return types.get(name) ?? types.get(name.replace(parts, "")) ?? "unknown";
}

/** How the values of a series are to be read, by the type of its family; where that is unknown by its suffix, as Prometheus's naming practice has it. */
export function kindOfSeries(name: string, type: FamilyType): MetricKind {
  switch (type) {
    case "counter":
      return "counter";
    case "histogram":
    case "summary":
      return /_(?:bucket|count|sum)$/.test(name) ? "counter" : "gauge";
    case "unknown":
      return /_(?:total|bucket|count|sum)$/.test(name) ? "counter" : "gauge";
    default:
      return "gauge";
  }
}
