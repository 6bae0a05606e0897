import { accusedHealthy } from "./accused-healthy.ts";
import { calleesUnmeasured } from "./callees-unmeasured.ts";
import { demandCameFirst } from "./demand-came-first.ts";
import { dependencyRegressed } from "./dependency-regressed.ts";
import { lowTraffic } from "./low-traffic.ts";
import { noDeployLately } from "./no-deploy-lately.ts";
import { nothingMoved } from "./nothing-moved.ts";
import type { Criticised, CriticRule, Objection } from "./objection.ts";
import { regressionBeforeDeploy } from "./regression-before-deploy.ts";
import { singleSource } from "./single-source.ts";
import { targetUnmoved } from "./target-unmoved.ts";
import { telemetryLost } from "./telemetry-lost.ts";
import { tooLittleData } from "./too-little-data.ts";
import { troublePassed } from "./trouble-passed.ts";
import { wentBack } from "./went-back.ts";

const rules: readonly CriticRule[] = [
  tooLittleData,
  lowTraffic,
  regressionBeforeDeploy,
  accusedHealthy,
  dependencyRegressed,
  nothingMoved,
  demandCameFirst,
  wentBack,
  noDeployLately,
  troublePassed,
  targetUnmoved,
  telemetryLost,
  singleSource,
  calleesUnmeasured,
];

/** Holds every rule of the critic against an answer. Pure; the rules' order has no meaning. */
export function criticise(answer: Criticised): readonly Objection[] {
  return rules.flatMap((rule) => rule(answer));
}
