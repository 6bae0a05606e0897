import type { DetectorView } from "@culprit/contract";
import { spanWords } from "../lib/span-words.ts";

type Settings = DetectorView["settings"];

/** What a detector looks for, in a sentence with its own thresholds. */
export function describeDetector({ kind, settings }: Pick<DetectorView, "kind" | "settings">): string {
  const number = (name: string) => amount(settings, name);
  const time = (name: string) => spanWords(amount(settings, name) * 1000);
  switch (kind) {
    case "error_rate_spike":
      return `More than ${percent(number("ratio"))} of the requests of ${time("window_s")} fail, and more than ${times(number("usual_factor"))} what is usual at this hour, for ${time("for_s")}.`;
    case "p99_regression":
      return `The slowest 1 % of requests takes over ${times(number("factor"))} as long as usual and ${number("increase_ms_min")} ms longer, for ${time("for_s")}.`;
    case "crashloop":
      return `A container begins again ${number("restarts")} times in ${time("window_s")}.`;
    case "slo_burn_rate":
      return `The error budget of an objective of ${percent(number("objective"))} is spent ${burns(settings)}.`;
    case "change_point":
      return `The level of ${String(settings.measure)} moves ${settings.direction === "both" ? "up or down" : String(settings.direction)} by ${percent(number("change_min"))} or more, and stays for ${time("for_s")}.`;
    case "custom":
      return `${String(settings.condition)} holds for ${time("for_s")}.`;
  }
}

function amount(settings: Settings, name: string): number {
  const value = settings[name];
  return typeof value === "number" ? value : 0;
}

function times(factor: number): string {
  return factor === 2 ? "twice" : `${factor} times`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`;
}

function burns({ windows }: Settings): string {
  if (!Array.isArray(windows)) return "too fast";
  return (windows as readonly { long_s?: number; short_s?: number; burn?: number }[])
    .map(
      ({ long_s = 0, short_s = 0, burn = 0 }) =>
        `${burn} times too fast over ${spanWords(long_s * 1000)} and ${spanWords(short_s * 1000)}`,
    )
    .join(", or ");
}
