import { expect, test } from "vitest";
import { kinds } from "../scenarios/kinds/index.ts";
import { floors, quickSeeds, quickServices } from "./floors.ts";
import { runScenarios } from "./run-scenarios.ts";
import { describeRow, scoreScenarios } from "./score-scenarios.ts";

test("culprit diagnose keeps its accuracy on scenarios of every kind: causes are found, nobody is blamed on a healthy day, confidence means what it says", {
  timeout: 240_000,
}, async () => {
  const rows = await runScenarios(
    quickSeeds,
    () => true,
    () => {},
    { wishes: { services: quickServices } },
  );
  const score = scoreScenarios(rows);
  const figures = JSON.stringify({ ...score, calibration: { ...score.calibration, bins: undefined } });
  const misses = rows.filter((row) => row.isFalseBlame).map(describeRow);
  const shown = [figures, ...misses].join("\n");

  expect(rows.length, shown).toBe(kinds.length * quickSeeds.length);
  expect(
    rows.filter((row) => row.truth.causes.length > 0 && row.diagnosis.causes.length === 0).map(describeRow),
  ).toEqual([]);
  expect(score.causeTop1, shown).toBeGreaterThanOrEqual(floors.causeTop1Min);
  expect(score.top3, shown).toBeGreaterThanOrEqual(floors.top3Min);
  expect(score.falseBlame, shown).toBeLessThanOrEqual(floors.falseBlameMax);
  expect(score.calibration.ece, shown).toBeLessThanOrEqual(floors.eceMax);
  expect(score.calibration.brierSkill ?? 0, shown).toBeGreaterThanOrEqual(floors.brierSkillMin);
  expect(score.secondsMean, shown).toBeLessThanOrEqual(floors.secondsMax);
});
