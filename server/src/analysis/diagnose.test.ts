import { describe, expect, test } from "vitest";
import {
  type PlainObservations,
  type PlainSeries,
  plainObservations,
} from "../../../test/scenario/plain-observations.ts";
import { type Diagnosis, diagnose } from "./diagnose.ts";
import { subjectKey } from "./inspections/finding.ts";
import type { JudgedConclusion, Learned } from "./learning/learned.ts";
import { nothingLearned } from "./learning/learned.ts";
import { worldOfObservations } from "./world/world-of-observations.ts";

const usual = (component: string): PlainSeries[] => [
  { component, measure: "traffic", metric: "requests", before: 50, during: 50, statistic: "rate" },
  { component, measure: "latency", metric: "duration", before: 0.1, during: 0.1 },
  { component, measure: "errors", metric: "failures", before: 0.1, during: 0.1 },
  { component, measure: "cpu", metric: "cpu", before: 0.3, during: 0.3 },
];
const failing = (component: string, how: Partial<PlainSeries> = {}): PlainSeries[] => [
  { component, measure: "traffic", metric: "requests", before: 50, during: 50, statistic: "rate" },
  { component, measure: "latency", metric: "duration", before: 0.1, during: 0.15, ...how },
  { component, measure: "errors", metric: "failures", before: 0.1, during: 20, ...how },
  { component, measure: "cpu", metric: "cpu", before: 0.3, during: 0.3 },
];
const shop: PlainObservations = {
  components: [{ key: "web" }, { key: "cart" }, { key: "stock" }, { key: "stock-db", kind: "database" }],
  edges: [
    ["web", "cart"],
    ["cart", "stock"],
    ["stock", "stock-db"],
  ],
  series: [],
};
const ask = (input: Partial<PlainObservations>, learned: Learned = nothingLearned): Diagnosis =>
  diagnose({ ...worldOfObservations(plainObservations({ ...shop, ...input })), learned });
const broken = (how: Partial<PlainSeries> = {}) => [
  ...failing("web", how),
  ...failing("cart", how),
  ...usual("stock"),
  ...usual("stock-db"),
];
const reasonsOf = (answer: Diagnosis, subject: string) =>
  answer.hypotheses
    .find((one) => subjectKey(one.subject) === subject)
    ?.against.map(({ text }) => text)
    .join("\n") ?? "";

describe("what is blamed", () => {
  test("a deployment just before its service began to fail is blamed with the service, and says how it would be proven wrong", () => {
    const answer = ask({
      series: broken(),
      changes: [{ id: "d1", minutes: -1, component: "cart", title: "cart 1.2.0" }],
    });
    expect(answer).toMatchObject({ culpritChange: "d1", culpritComponent: "cart" });
    expect(answer.causes[0]).toMatchObject({ component: "cart", type: "release", changeId: "d1" });
    expect(answer.hypotheses[0]?.falsification).toMatch(/^Wrong if .*cart/);
    expect(answer.hypotheses[0]?.advice).toMatch(/Roll cart back .* web would feel it/);
  });

  test("the figure of the answer is the one that the verdict was decided by: of all that makes the component the cause", () => {
    const answer = ask({
      series: broken(),
      changes: [
        { id: "d1", minutes: -1, component: "cart", title: "cart 1.2.0" },
        { id: "f1", kind: "flag", minutes: -2, component: "cart", title: "fast-checkout" },
      ],
    });
    const [top] = answer.hypotheses;
    expect(answer.verdict).not.toBe("inconclusive");
    expect(answer.confidence).toBeGreaterThan(top?.confidence ?? 1);
    expect(answer.confidence).toBe(answer.causes.find(({ component }) => component === "cart")?.confidence);
    expect(answer.confidence >= 0.8).toBe(answer.verdict === "confirmed");
  });

  test("nothing unusual blames nobody, whatever was changed a moment before", () => {
    const series = shop.components.flatMap(({ key }) => usual(key));
    const answer = ask({
      series,
      changes: [
        { id: "d1", minutes: -1, component: "cart" },
        { id: "f1", kind: "flag", minutes: -1 },
      ],
    });
    expect(answer).toMatchObject({
      verdict: "inconclusive",
      culpritChange: null,
      culpritComponent: null,
      silent: true,
    });
  });

  test("a deployment of a service that nothing is wrong with is not blamed for the trouble of another", () => {
    const answer = ask({
      series: broken(),
      changes: [{ id: "d1", minutes: -1, component: "stock", title: "stock 2.0" }],
    });
    expect(answer.causes[0]).toMatchObject({ component: "cart", changeId: null });
    expect(answer.culpritChange).toBeNull();
  });

  test("change types: a flag, a setting, a migration and a scaling each give a cause of their kind", () => {
    const typeOf = (kind: "flag" | "config" | "migration" | "scaling") =>
      ask({ series: broken(), changes: [{ id: "c", kind, minutes: -1, component: "cart" }] }).causes[0]?.type;
    expect([typeOf("flag"), typeOf("config"), typeOf("migration"), typeOf("scaling")]).toEqual([
      "flag",
      "config",
      "db",
      "infra",
    ]);
  });

  test("ghost changes: one without a release behind it stands before the deployment of the same minute", () => {
    const answer = ask({
      series: broken(),
      changes: [
        { id: "d", minutes: -1, component: "cart" },
        { id: "g", kind: "config", minutes: -1, component: "cart" },
      ],
    });
    const order = answer.hypotheses.map((one) => subjectKey(one.subject)).filter((key) => key.startsWith("change"));
    expect(order[0]).toBe("change g");
  });

  test("a dependency that others run: mended at the caller, and never by a longer timeout", () => {
    const answer = ask({
      components: [...shop.components, { key: "pay.example", kind: "external", isOwned: false }],
      edges: [...(shop.edges ?? []), ["cart", "pay.example"]],
      series: [
        ...broken(),
        {
          component: "cart",
          callee: "pay.example",
          measure: "errors",
          metric: "client failures",
          before: 0.1,
          during: 30,
        },
        {
          component: "cart",
          callee: "pay.example",
          measure: "latency",
          metric: "client duration",
          before: 0.2,
          during: 9,
        },
      ],
    });
    const external = answer.hypotheses.find(({ component }) => component === "pay.example");
    expect(external).toMatchObject({ type: "dependency" });
    expect(external?.advice).toMatch(/not yours to mend: at cart, fail fast/);
  });

  test("no advice at all is a bare longer timeout", () => {
    const kinds = ["deployment", "rollback", "config", "flag", "migration", "scaling", "infrastructure"] as const;
    const all = kinds.flatMap(
      (kind) => ask({ series: broken(), changes: [{ id: "c", kind, minutes: -1, component: "cart" }] }).hypotheses,
    );
    expect(all.length).toBeGreaterThan(8);
    for (const { advice } of all) expect(advice ?? "").not.toMatch(/(?:raise|increase|longer|lengthen).{0,20}timeout/i);
  });
});

describe("the gatekeeper's paths", () => {
  const entry = (during: number, errors: number): PlainSeries[] => [
    { component: "web", measure: "traffic", metric: "requests", before: 100, during, statistic: "rate" },
    { component: "web", measure: "cpu", metric: "cpu", before: 0.3, during: during > 130 ? 0.95 : 0.3 },
    { component: "web", measure: "errors", metric: "failures", before: 1, during: errors },
    { component: "web", measure: "latency", metric: "duration", before: 0.1, during: 0.4 },
  ];
  const trafficOf = (answer: Diagnosis) => answer.hypotheses.find(({ subject }) => subject.kind === "traffic");

  test("three times the requests with busy processors and errors in proportion is demand", () => {
    const answer = ask({ series: [...entry(300, 3), ...usual("cart"), ...usual("stock"), ...usual("stock-db")] });
    expect(answer.causes[0]).toMatchObject({ component: "web", type: "traffic" });
    expect(trafficOf(answer)?.confidence).toBeGreaterThan(0.5);
  });

  test("usual traffic with more errors is no surge", () => {
    const answer = ask({ series: [...entry(101, 40), ...usual("cart"), ...usual("stock"), ...usual("stock-db")] });
    expect(trafficOf(answer)?.confidence ?? 0).toBeLessThan(0.1);
  });
});

describe("the critic", () => {
  test("regression before the deploy: rejected, however near", () => {
    const answer = ask({
      series: broken(),
      changes: [{ id: "late", minutes: 6, component: "cart", title: "cart 1.3" }],
    });
    expect(answer.causes[0]).toMatchObject({ component: "cart", changeId: null });
    expect(
      answer.hypotheses.find((one) => subjectKey(one.subject) === "change late")?.confidence ?? 0,
    ).toBeLessThanOrEqual(0.02);
  });

  test("no deploy in the last hour: telemetry alone blames no release", () => {
    const answer = ask({
      series: broken(),
      changes: [{ id: "old", minutes: -90, component: "cart", title: "cart 1.1" }],
    });
    expect(answer.culpritChange).toBeNull();
  });

  test("low traffic: shares of a handful of requests blame nobody, and the answer says what is missing", () => {
    const quiet = broken().map((one) => (one.measure === "traffic" ? { ...one, before: 0.004, during: 0.004 } : one));
    const answer = ask({ series: quiet, changes: [{ id: "d", minutes: -1, component: "cart" }] });
    expect(answer).toMatchObject({ verdict: "inconclusive", silent: true });
    expect(answer.missing.join(" ")).toContain("More requests");
  });

  test("too little data: no series at all, none from before, none from the trouble each say so and blame nobody", () => {
    const nothing = ask({ series: [] });
    expect(nothing.verdict).toBe("inconclusive");
    expect(nothing.missing.join(" ")).toContain("Send metrics, traces or logs");
    const silent = ask({ series: broken().map((one) => ({ ...one, during: Number.NaN })) });
    expect(silent.verdict).toBe("inconclusive");
    expect(silent.missing.join(" ")).toContain("Values from the time of trouble");
    const young = ask({ series: broken().map((one) => ({ ...one, before: Number.NaN })) });
    expect(young.verdict).toBe("inconclusive");
    expect(young.missing.join(" ")).toContain("A baseline");
  });

  test("accused service healthy: a change there is downgraded, and the answer says why", () => {
    const answer = ask({
      series: broken(),
      changes: [{ id: "d", minutes: -1, component: "stock", title: "stock 2.0" }],
    });
    const accused = answer.hypotheses.find((one) => subjectKey(one.subject) === "change d");
    expect(accused?.confidence ?? 0).toBeLessThanOrEqual(0.45);
  });

  test("dependency regressed earlier and no less: it is proposed, and who calls it is not called the likely cause", () => {
    const answer = ask({
      series: [
        ...failing("web", { from: 5 }),
        ...failing("cart", { from: 5 }),
        ...failing("stock"),
        ...usual("stock-db"),
        { component: "cart", callee: "stock", measure: "errors", metric: "client failures", before: 0.1, during: 20 },
      ],
    });
    expect(answer.causes[0]?.component).toBe("stock");
    expect(answer.causes.find(({ component }) => component === "cart")?.confidence ?? 0).toBeLessThanOrEqual(0.45);
  });

  test("target unmoved: where the place that rang shows no trouble, nothing is called the likely cause", () => {
    const input = {
      series: [...usual("web"), ...failing("cart"), ...usual("stock"), ...usual("stock-db")],
      changes: [{ id: "d", minutes: -1, component: "cart", title: "cart 1.2" }],
    };
    expect(ask({ ...input, target: "web" })).toMatchObject({ verdict: "inconclusive", culpritChange: null });
    expect(ask({ ...input, target: "cart" }).culpritChange).toBe("d");
  });

  test("one source: a series alone, or a kind of log line alone, confirms nobody in however many ways it is looked at; a second one does", () => {
    const lines = { component: "stock-db", example: "FATAL: deadlock detected in checkpoint", incidentPerMinute: 20 };
    const alone = ask({ series: [], logs: [lines] });
    expect(alone.verdict).toBe("likely");
    expect(alone.missing).toContain("A second source about stock-db: another series, its logs, or spans.");
    const [, , slow] = failing("stock-db");
    const series = [...usual("web"), ...usual("cart"), ...usual("stock")];
    expect(ask({ series: [...series, ...(slow === undefined ? [] : [slow])] }).verdict).not.toBe("confirmed");
    const two = failing("web").concat(usual("cart"), usual("stock"), failing("stock-db", { during: 20 }));
    expect(ask({ series: two, logs: [lines] }).verdict).toBe("confirmed");
  });

  test("callees unmeasured: who calls something of which nothing is known is not confirmed, and the answer names it", () => {
    const series = [...failing("web"), ...failing("cart"), ...failing("stock")];
    const answer = ask({ series });
    expect(answer.verdict).toBe("likely");
    expect(answer.missing).toContain("Telemetry of stock-db, which stock calls: the trouble may come from there.");
    expect(ask({ series: [...series, ...usual("stock-db")] }).verdict).toBe("confirmed");
  });

  test("target unmoved: lines of one that has nothing to do with the target, which goes on writing as before, are a coincidence", () => {
    const logs = [
      { component: "web", example: "GET / 200", severity: "info", baselinePerMinute: 60, incidentPerMinute: 60 },
      { component: "letters", example: "TypeError: x is not a function", incidentPerMinute: 10 },
    ];
    const components = [...shop.components, { key: "letters" }];
    expect(ask({ components, logs }).verdict).toBe("inconclusive");
    expect(ask({ components, logs, edges: [...(shop.edges ?? []), ["web", "letters"]] }).verdict).toBe("likely");
  });

  test("a refused connection speaks for the one callee that the port fits, and for nobody where two would", () => {
    const logs = [{ component: "stock", example: "connect ECONNREFUSED 10.0.0.7:5432", incidentPerMinute: 10 }];
    expect(ask({ logs }).causes[0]?.component).toBe("stock-db");
    const second = { key: "ledger-db", kind: "database" as const };
    const components = [...shop.components, second];
    const both = ask({ logs, components, edges: [...(shop.edges ?? []), ["stock", "ledger-db"]] });
    expect(both.causes[0]?.component).toBe("stock");
    expect(both.verdict).not.toBe("confirmed");
  });

  test("words say what the evidence holds: the summary is a sentence, and the deviations of a claim are those of its snapshot", () => {
    const answer = ask({
      series: [...usual("web"), ...usual("cart"), ...usual("stock"), ...failing("stock-db")],
      target: "stock-db",
    });
    expect(answer.summary).toMatch(/^(?:Cause|Likely cause): stock-db \(its queries or connections\)[,;]/);
    const told = answer.hypotheses
      .flatMap((one) => one.for)
      .filter(({ evidence, text }) => evidence.kind === "metric_series" && text.includes("rose from a median of"));
    expect(told.length).toBeGreaterThan(0);
    for (const { text, evidence } of told) {
      const [said] = /(?:over \d+|[\d.]+) robust standard deviations/.exec(text) ?? [];
      expect(evidence.snapshot).toContain(said);
    }
    expect(ask({ series: shop.components.flatMap(({ key }) => usual(key)) }).summary).toBe(
      "Inconclusive: nothing that was measured stands out clearly enough to be blamed.",
    );
  });

  test("trouble that passed: who was back to his usual before the end is not the likely cause", () => {
    const answer = ask({
      series: broken({ to: 4 }),
      changes: [{ id: "d", minutes: -1, component: "cart", title: "cart 1.2" }],
    });
    expect(answer.verdict).toBe("inconclusive");
  });
});

describe("what people said of this incident", () => {
  const input = { series: broken(), changes: [{ id: "d", minutes: -1, component: "cart", title: "cart 1.2" }] };
  const word = (answer: Diagnosis, subject: string, isConfirmed: boolean): JudgedConclusion => {
    const found = answer.hypotheses.find((one) => subjectKey(one.subject) === subject);
    if (found === undefined) throw new Error(`${subject} is no hypothesis`);
    return {
      ...{ subject, type: found.type, isConfirmed, evidenceDigest: found.digest, sureness: null },
      ...{ saidAt: "2026-01-01T13:00:00.000Z", by: "octocat", why: "wrong_service: it never ran", feedbackId: "fbk_1" },
    };
  };
  const said = (...judged: JudgedConclusion[]): Learned => ({ ...nothingLearned, judged });
  const ruledOut = (answer: Diagnosis, subject: string) => said(word(answer, subject, false));
  const keys = (answer: Diagnosis) => answer.hypotheses.map((one) => subjectKey(one.subject));

  test("what a person ruled out has their word against it, with who, when and why as its evidence, and stands below all that nobody ruled out", () => {
    const first = ask(input);
    expect(first).toMatchObject({ culpritChange: "d" });
    const again = ask(input, ruledOut(first, "change d"));
    expect(keys(again).at(-1)).toBe("change d");
    const last = again.hypotheses.at(-1);
    expect(last?.confidence).toBeLessThanOrEqual(0.1);
    expect(last?.against[0]).toMatchObject({
      text: "octocat ruled it out at 2026-01-01 13:00 UTC (wrong_service: it never ran), and nothing new speaks for it",
      evidence: {
        ref: "feedback:fbk_1",
        snapshot: expect.stringMatching(
          /who: octocat\nwhen: 2026-01-01T13:00:00.000Z\n.*\nwhy: wrong_service: it never ran/,
        ),
      },
    });
    expect(again.culpritChange).toBeNull();
    expect(again.summary).not.toContain("cart 1.2");
    expect(again.causes.every(({ changeId }) => changeId !== "d")).toBe(true);
    expect(again.verdict).not.toBe("confirmed");
  });

  test("ruled out one after the other, nothing of it comes back, and at the end the answer says that people ruled out all there was", () => {
    let judged: JudgedConclusion[] = [];
    for (let round = 0; ; round++) {
      const answer = ask(input, { ...nothingLearned, judged });
      const top = answer.hypotheses[0];
      const out = new Set(judged.map(({ subject }) => subject));
      expect(
        keys(answer)
          .slice(0, answer.hypotheses.length - out.size)
          .some((key) => out.has(key)),
      ).toBe(false);
      if (top === undefined || round > 12) throw new Error("it never ended");
      if (top.subject.kind === "unknown") {
        if (answer.hypotheses.length > out.size + 1) {
          judged = [
            ...judged,
            ...answer.hypotheses
              .slice(1)
              .filter((one) => !out.has(subjectKey(one.subject)))
              .map((one) => word(answer, subjectKey(one.subject), false)),
          ];
          continue;
        }
        expect(answer.verdict).toBe("inconclusive");
        expect(answer.summary).toContain("people ruled out every cause that was found");
        return;
      }
      judged = [...judged, word(answer, subjectKey(top.subject), false)];
    }
  });

  test("more of the same trouble is nothing new; a kind of evidence that was not there lets it come back, with the word against it still told", () => {
    const first = ask(input);
    const out = ruledOut(first, "change d");
    const louder = { ...input, series: broken({ during: 60 }) };
    expect(keys(ask(louder, out)).at(-1)).toBe("change d");
    const news = ask({ ...input, logs: [{ component: "cart", example: "TypeError: x is not a function" }] }, out);
    expect(news.culpritChange).toBe("d");
    expect(news.hypotheses[0]?.confidence).toBeLessThanOrEqual(0.75);
    expect(news.verdict).toBe("likely");
    expect(reasonsOf(news, "change d")).toMatch(/octocat ruled it out .*; new since then: .*TypeError/);
  });

  test("what a person confirmed comes first, as sure as they are, with their word for it", () => {
    const doubtful = { ...input, changes: [{ id: "d", minutes: -30, component: "cart", title: "cart 1.2" }] };
    const first = ask(doubtful);
    const other = first.hypotheses.find((one) => one.subject.kind === "component");
    if (other === undefined) throw new Error("no component is a hypothesis");
    const judged = word(first, subjectKey(other.subject), true);
    const answer = ask(doubtful, said(judged));
    expect(answer).toMatchObject({ verdict: "confirmed", culpritComponent: other.component, confidence: 1 });
    expect(answer.hypotheses[0]?.for[0]).toMatchObject({
      text: "octocat confirmed it at 2026-01-01 13:00 UTC (wrong_service: it never ran)",
      evidence: { ref: "feedback:fbk_1" },
    });
    expect(ask(doubtful, said({ ...judged, sureness: 0.6 }))).toMatchObject({ verdict: "likely", confidence: 0.6 });
  });
});

describe("confidence", () => {
  test("below 0.70 and where nothing is blamed nobody is woken", () => {
    const sure = ask({
      series: broken(),
      changes: [{ id: "d", minutes: -1, component: "cart" }],
      logs: [{ component: "cart", example: "TypeError: x is not a function" }],
    });
    expect(sure.silent).toBe(sure.confidence < 0.7);
    expect(ask({ series: [] }).silent).toBe(true);
  });

  test("what people confirmed or ruled out moves it, bounded, and is told", () => {
    // Long enough before the trouble to leave doubt that a judgement can move.
    const input = { series: broken(), changes: [{ id: "d", minutes: -10, component: "cart", title: "cart 1.2" }] };
    const prior = (confirmed: number, rejected: number): Learned => ({
      ...nothingLearned,
      priors: [
        {
          service: "cart",
          type: "release",
          pattern: "change:deployment",
          confirmed,
          rejected,
          timesConfirmed: confirmed,
          timesRejected: rejected,
        },
      ],
    });
    const of = (learned: Learned) => {
      const found = ask(input, learned).hypotheses.find((one) => subjectKey(one.subject) === "change d");
      if (found === undefined) throw new Error("the deployment is no hypothesis");
      return found;
    };
    const [plain, up, down, flood] = [of(nothingLearned), of(prior(2, 0)), of(prior(0, 2)), of(prior(0, 1000))];
    expect(up.confidence).toBeGreaterThanOrEqual(plain.confidence);
    expect(down.confidence).toBeLessThan(plain.confidence);
    expect(up.for.map(({ text }) => text).join()).toContain(
      "people confirmed a cause of kind release (change:deployment) 2 times",
    );
    const odds = (p: number) => Math.log(p / (1 - p));
    expect(odds(flood.confidence)).toBeGreaterThan(odds(plain.confidence) - 1.2);
  });

  test("the same world gives the same answer", () => {
    const input = { series: broken(), changes: [{ id: "d", minutes: -1, component: "cart" }] };
    expect(JSON.stringify(ask(input))).toBe(JSON.stringify(ask(input)));
  });
});
