import type { Hypothesis, IncidentDetail } from "@culprit/contract";
import { expect, test } from "vitest";
import type { Truth } from "../generate/generate-shop.ts";
import { judge } from "./judge.ts";

const planted = "a".repeat(40);
const other = "b".repeat(40);

function truthOf(expects: Truth["expects"]): Truth {
  return {
    case: "bad-release",
    seed: 1,
    fault: "x",
    expects,
    culprit_commit: expects === "culprit" ? planted : null,
    change_names: expects === "reported-change" ? ["SHOP_TIME_ZONE"] : [],
    failing_requests: [],
    thrown_at: null,
    is_failing_line_older: true,
    commits: {},
  };
}

function incident(values: Partial<IncidentDetail>): IncidentDetail {
  const blank = {
    id: "inc_1",
    title: "TypeError",
    culprit_commit: null,
    verdict: "inconclusive",
    hypotheses: [],
    autopsy: null,
    pull_request: { mode: "auto", items: [], last_decision: null, blocked: null },
  };
  return { ...blank, occurrence_count: 1, ...values } as unknown as IncidentDetail;
}

function hypothesis(values: Partial<Hypothesis>): Hypothesis {
  return { rank: 1, type: "release", title: "", confidence: 0.5, for: [], against: [], ...values } as Hypothesis;
}

test("a pull request is named only where git finds its branch", () => {
  const opened = { state: "open", url: "http://forge/pull/1", branch: "culprit/inc-1" };
  const pull_request = { items: [opened] } as unknown as IncidentDetail["pull_request"];
  const incidents = [incident({ culprit_commit: planted, verdict: "likely", pull_request })];
  const named = (tip: string | null) => judge(incidents, truthOf("culprit"), 1, () => tip).answer.pull_request;
  expect(named(other)).toEqual({ url: opened.url, branch: opened.branch, commit: other });
  expect(named(null)).toBeNull();
});

test("the planted commit is right, nobody and somebody else are wrong", () => {
  expect(judge([incident({ culprit_commit: planted })], truthOf("culprit"), 1).isRight).toBe(true);
  expect(judge([incident({})], truthOf("culprit"), 1).isRight).toBe(false);
  expect(judge([incident({ culprit_commit: other })], truthOf("culprit"), 1).isRight).toBe(false);
  expect(judge([], truthOf("culprit"), 1).isRight).toBe(false);
});

test("one wrongly blamed incident spoils a right one, and is the one that is shown", () => {
  const incidents = [
    incident({ culprit_commit: planted, occurrence_count: 50 }),
    incident({ id: "inc_2", culprit_commit: other }),
  ];
  const { isRight, answer } = judge(incidents, truthOf("culprit"), 1);
  expect(isRight).toBe(false);
  expect(answer.incident_id).toBe("inc_2");
});

test("a change from outside must be named by the first hypothesis", () => {
  const named = hypothesis({ type: "config", title: "SHOP_TIME_ZONE was changed" });
  expect(judge([incident({ hypotheses: [named] })], truthOf("reported-change"), 1).isRight).toBe(true);
  const second = [hypothesis({ title: "the release" }), { ...named, rank: 2 }];
  expect(judge([incident({ hypotheses: second })], truthOf("reported-change"), 1).isRight).toBe(false);
});

test("where an outside service failed, only doubt or the dependency is right", () => {
  expect(judge([incident({})], truthOf("no-culprit"), 1).isRight).toBe(true);
  const sure = incident({ verdict: "likely", hypotheses: [hypothesis({})] });
  expect(judge([sure], truthOf("no-culprit"), 1).isRight).toBe(false);
  const dependency = incident({ verdict: "likely", hypotheses: [hypothesis({ type: "dependency" })] });
  expect(judge([dependency], truthOf("no-culprit"), 1).isRight).toBe(true);
});

test("where nothing broke, any incident is wrong", () => {
  expect(judge([], truthOf("no-incident"), 1).isRight).toBe(true);
  expect(judge([incident({})], truthOf("no-incident"), 1).isRight).toBe(false);
});
