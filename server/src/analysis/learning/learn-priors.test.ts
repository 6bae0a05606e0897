import { expect, test } from "vitest";
import { learnPriors } from "./learn-priors.ts";
import { oddsOfPrior } from "./learned-odds.ts";

const day = 86_400_000;
const judged = (isConfirmed: boolean, daysAgo: number) => ({
  service: "cart",
  type: "release" as const,
  pattern: "change:deployment",
  isConfirmed,
  judgedAtMs: -daysAgo * day,
});

test("what was said three weeks ago counts half, and both confirmations and rejections count", () => {
  const priors = learnPriors([judged(true, 0), judged(true, 21), judged(false, 42)], 0);
  const own = priors.find(({ service, pattern }) => service === "cart" && pattern !== null);
  expect(own).toMatchObject({ timesConfirmed: 2, timesRejected: 1 });
  expect(own?.confirmed).toBeCloseTo(1.5);
  expect(own?.rejected).toBeCloseTo(0.25);
});

test("one service's judgements tell about the whole project, less", () => {
  const priors = learnPriors([judged(true, 0), judged(true, 0)], 0);
  const of = (service: string | null) => priors.find((one) => one.service === service && one.pattern === null);
  const [own, whole] = [of("cart"), of(null)];
  if (own === undefined || whole === undefined) throw new Error("a prior is missing");
  expect(oddsOfPrior(own)).toBeGreaterThan(oddsOfPrior(whole));
  expect(oddsOfPrior(whole)).toBeGreaterThan(0);
});

test("no number of judgements moves log-odds by more than one, and the order in which they came has no meaning", () => {
  const many = Array.from({ length: 500 }, (_, at) => judged(at % 50 === 0, at / 50));
  const priors = learnPriors(many, 0);
  expect(priors).toEqual(
    learnPriors([...many].reverse(), 0).map((prior, at) => ({
      ...prior,
      confirmed: expect.closeTo(priors[at]?.confirmed ?? 0),
      rejected: expect.closeTo(priors[at]?.rejected ?? 0),
    })),
  );
  for (const prior of priors) expect(Math.abs(oddsOfPrior(prior))).toBeLessThanOrEqual(1);
});
