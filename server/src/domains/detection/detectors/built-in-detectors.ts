import { type DetectorKind, type DetectorSettings, detectorSettingsSchemas } from "@culprit/contract";

/** A detector as it looks at services. */
export type Detector = {
  [K in DetectorKind]: {
    readonly name: string;
    readonly kind: K;
    readonly isEnabled: boolean;
    readonly settings: DetectorSettings[K];
  };
}[DetectorKind];

/** The detectors that every project has, with the settings that they have unless it sets others. A change of level is for whoever wants it: it is the only one that fires on what hurts nobody yet. */
export const builtInDetectors: readonly Detector[] = [
  detectorOf("error-rate", "error_rate_spike", true, {}),
  detectorOf("p99", "p99_regression", true, {}),
  detectorOf("crash-loop", "crashloop", true, {}),
  detectorOf("slo-burn", "slo_burn_rate", true, {}),
  detectorOf("change-point", "change_point", false, {}),
];

/** A detector with settings completed by those that are built in. @throws ZodError for what its kind can't be told. */
export function detectorOf(name: string, kind: DetectorKind, isEnabled: boolean, settings: unknown): Detector {
  return { name, kind, isEnabled, settings: detectorSettingsSchemas[kind].parse(settings) } as Detector;
}
