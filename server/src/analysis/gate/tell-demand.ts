import type { GatePolicy } from "@culprit/contract";
import type { GatePath, GateTrigger } from "./gate-case.ts";

/** Which way the trouble goes, with the reason. */
export interface DemandVerdict {
  readonly path: GatePath;
  readonly text: string;
  /** True where the processor confirms that it is demand. */
  readonly isConfirmed: boolean;
}

/**
 * Tells demand growth from defect by traffic and errors: more traffic and usual errors is capacity (with more processor time it
 * is demand for certain), usual traffic and more errors or latency is code or configuration, both is a perfect storm.
 */
export function tellDemand(
  { trafficRatio, errorRatio, cpuRatio, type }: GateTrigger,
  { demand }: Pick<GatePolicy, "demand">,
): DemandVerdict {
  if (trafficRatio === null)
    return { path: "unknown", text: "What traffic is usual at this hour is not known yet.", isConfirmed: false };
  const isMore = trafficRatio > demand.traffic_factor;
  const failing = type === "error_rate_spike" || type === "crashloop" || (errorRatio ?? 0) > demand.error_ratio_normal;
  const traffic = `Traffic is ${change(trafficRatio)}`;
  if (!isMore)
    return {
      path: "code_or_config",
      text: `${traffic} while it is in trouble: code or configuration.`,
      isConfirmed: false,
    };
  if (failing)
    return { path: "perfect_storm", text: `${traffic} and errors are up: a perfect storm.`, isConfirmed: false };
  if (cpuRatio !== null && cpuRatio > demand.cpu_factor)
    return {
      path: "capacity",
      text: `${traffic}, errors are normal and processor time is ${change(cpuRatio)}: demand, no defect.`,
      isConfirmed: true,
    };
  return { path: "capacity", text: `${traffic} and errors are normal: capacity rather than code.`, isConfirmed: false };
}

function change(ratio: number): string {
  const share = Math.round((ratio - 1) * 100);
  return share === 0 ? "as usual" : share > 0 ? `${share} % above what is usual` : `${-share} % below what is usual`;
}
