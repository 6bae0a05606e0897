import type { CriticRule, Objection } from "./objection.ts";

/** Values of a series that a baseline needs at least; five-minute steps over a quarter of an hour give three. */
const baselineMin = 3;

/** Too little was measured to blame anything: no series or logs at all, nothing from before, or nothing from the trouble itself. */
export const tooLittleData: CriticRule = ({ observed }) => {
  const { observations, seriesOf } = observed;
  const all = [...seriesOf.values()].flat();
  const insufficient = (text: string, missing: string): Objection[] => [
    {
      rule: "too_little_data",
      subject: null,
      effect: "insufficient",
      confidenceMax: 0.3,
      text,
      missing,
      proposes: null,
    },
  ];
  const others = observations.logs.length + observations.operations.length;
  if (all.length + others === 0)
    return insufficient(
      "no metric, log or span of this time is known",
      "Send metrics, traces or logs of the services (OTLP, Prometheus), so that a time of trouble can be compared with the time before.",
    );
  if (all.length > 0 && others === 0 && all.every(({ shift }) => shift.pointsBefore < baselineMin))
    return insufficient(
      `no series has ${baselineMin} values from before the trouble`,
      "A baseline of at least a quarter of an hour before the trouble.",
    );
  if (all.length > 0 && others === 0 && all.every(({ shift }) => shift.pointsDuring === 0))
    return insufficient(
      "no series has a value from the time of trouble",
      "Values from the time of trouble: the collector was silent, or it is too early.",
    );
  return [];
};
