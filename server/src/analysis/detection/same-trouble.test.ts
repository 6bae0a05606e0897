import { expect, test } from "vitest";
import { sameTroubles, type Telling, type Trouble } from "./same-trouble.ts";
import { waysOfCalls } from "./way-of-calls.ts";

const trouble = (id: string, service: string, beganAt: number, traces = 0, telling?: Telling): Trouble => ({
  ...{ isSlow: false, isPassedOn: false, isSymptom: false, blames: null },
  ...{
    id,
    environment: "production",
    service,
    beganAt,
    traces,
    telling: telling ?? (traces > 0 ? "stack" : "detector"),
  },
});
const call = (caller: string, callee: string, how: "fail" | "are slow" | "are made" = "fail") => ({
  ...{ environment: "production", caller, callee, how },
});
const merges = (...args: Parameters<typeof sameTroubles>) =>
  sameTroubles(...args).map(({ from, into }) => `${from}>${into}`);

test("along failing calls the incident at their end remains, whoever began first", () => {
  const [front, api, database] = [
    trouble("a", "front", 0),
    trouble("b", "api", 10_000),
    trouble("c", "payments", 20_000),
  ];
  const calls = [call("front", "api"), call("api", "payments")];
  const kept = merges([front, api, database], [], calls);
  expect(kept).toEqual(["a>c", "b>c"]);
});

test("where both are known of requests those decide, whatever calls fail", () => {
  const pair = [trouble("a", "api", 0, 10), trouble("b", "payments", 1000, 10)];
  const calls = [call("api", "payments")];
  expect(merges(pair, [], calls)).toEqual([]);
  expect(merges(pair, [{ ids: ["a", "b"], shared: 4 }], calls)).toEqual([]);
  expect(merges(pair, [{ ids: ["b", "a"], shared: 5 }], calls)).toEqual(["a>b"]);
});

test("neither the same service, another environment, more than five minutes nor a call that goes well makes one", () => {
  const calls = [call("api", "payments")];
  const payments = trouble("b", "payments", 0);
  expect(merges([trouble("a", "payments", 0), payments], [], calls)).toEqual([]);
  expect(merges([{ ...trouble("a", "api", 0), environment: "staging" }, payments], [], calls)).toEqual([]);
  expect(merges([trouble("a", "api", 301_000), payments], [], calls)).toEqual([]);
  expect(merges([trouble("a", "api", 0), payments], [], [])).toEqual([]);
});

test("what tells most remains, however late it began: a stack, an exception, a line, a status, a detector", () => {
  const shared = [{ ids: ["a", "b"] as const, shared: 10 }];
  const told = (first: Telling, second: Telling) =>
    merges([trouble("a", "stock", 0, 10, first), trouble("b", "stock", 60_000, 10, second)], shared, []);
  expect(told("log line", "stack")).toEqual(["a>b"]);
  expect(told("status", "log line")).toEqual(["a>b"]);
  expect(told("stack", "status")).toEqual(["b>a"]);
  expect(told("log line", "log line")).toEqual(["b>a"]);
  const alert = trouble("d", "web", 0);
  expect(merges([alert, trouble("e", "cart", 1000, 5)], [], [call("web", "cart")])).toEqual(["d>e"]);
});

test("of three stacks of one request the deepest service's remains, whichever calls are known to fail, else the one that hands on no other's answer", () => {
  const passing = (id: string, service: string, at: number) => ({
    ...trouble(id, service, at, 10),
    isPassedOn: true,
    isSymptom: true,
  });
  const chain = [passing("a", "gateway", 0), passing("b", "checkout", 5), trouble("c", "pricing", 10, 10)];
  const shared = [
    { ids: ["a", "b"] as const, shared: 10 },
    { ids: ["a", "c"] as const, shared: 10 },
    { ids: ["b", "c"] as const, shared: 10 },
  ];
  const made = [call("gateway", "checkout", "are made"), call("checkout", "pricing", "are made")];
  expect(merges(chain, shared, [])).toEqual(["a>c", "b>c"]);
  expect(merges(chain, shared, made)).toEqual(["a>c", "b>c"]);
  expect(merges(chain, shared, [call("gateway", "checkout"), ...made])).toEqual(["a>c", "b>c"]);
  // A provider that is nobody's own failed in the deepest: its caller's word about it goes before what that broke further up.
  const provider = [trouble("a", "gateway", 0, 10), passing("b", "checkout", 5), passing("c", "pricing", 10)];
  expect(merges(provider, shared, made)).toEqual(["a>c", "b>c"]);
  // A caller's stack that only says "answered 500" stands behind the exception of whom it called, with or without a stack.
  const bare = [passing("a", "gateway", 0), passing("b", "checkout", 5), trouble("c", "pricing", 10, 10, "exception")];
  expect(merges(bare, shared, made)).toEqual(["a>c", "b>c"]);
  // Calls that only are made are no reason to join.
  expect(merges([trouble("a", "gateway", 0), trouble("b", "checkout", 5)], [], made)).toEqual([]);
});

test("two exceptions of one service stay two, and a detector's incident that would fit both joins one of them", () => {
  const [one, two, alert] = [trouble("a", "stock", 0, 10), trouble("b", "stock", 0, 10), trouble("c", "cart", 0)];
  expect(merges([one, two], [{ ids: ["a", "b"], shared: 10 }], [])).toEqual([]);
  expect(merges([one, two, alert], [], [call("cart", "stock")])).toEqual(["c>a"]);
});

test("a line of the failing requests that a detector led to is told by its requests, not by the calls of the detector's service", () => {
  const [failure, line, alert] = [
    trouble("a", "stock", 0, 10),
    trouble("b", "stock", 40_000, 10, "log line"),
    trouble("c", "cart", 60_000),
  ];
  const found = sameTroubles([failure, line, alert], [{ ids: ["a", "b"], shared: 9 }], [call("cart", "stock")]);
  expect(found).toEqual([
    {
      ...{ from: "b", into: "a", by: "traces" },
      reason: "Both are of the same requests of stock (9 of 10 that were looked at).",
    },
    {
      ...{ from: "c", into: "a", by: "calls" },
      reason: "The calls that lead from cart to stock fail, and both began within five minutes.",
    },
  ]);
});

test("along slow calls services that became slow are one trouble of the callee; one that fails otherwise is not", () => {
  const slow = (id: string, service: string, beganAt: number) => ({
    ...trouble(id, service, beganAt),
    isSlow: true,
    isSymptom: true,
  });
  const troubles = [slow("a", "web", 0), slow("b", "cart", 20_000), slow("c", "stock", 40_000)];
  const calls = [call("web", "cart", "are slow"), call("cart", "stock", "are slow")];
  const found = sameTroubles(troubles, [], calls);
  expect(found.map(({ from, into }) => `${from}>${into}`)).toEqual(["a>c", "b>c"]);
  expect(found[1]?.reason).toBe("The calls that lead from cart to stock are slow, and both began within five minutes.");
  expect(merges([trouble("a", "web", 0), slow("b", "cart", 0)], [], calls)).toEqual([]);
  expect(merges([slow("a", "web", 0), slow("b", "cart", 0)], [], [])).toEqual([]);
  expect(merges([slow("a", "web", 0), slow("b", "cart", 301_000)], [], calls)).toEqual([]);
});

const symptom = (id: string, service: string, beganAt: number, parts: Partial<Trouble> = {}) => ({
  ...trouble(id, service, beganAt, 10),
  ...{ isSymptom: true, ...parts },
});

test("a caller's symptom belongs to the trouble that its failing or slow calls lead to, though it tells of other requests; what is no symptom, was earlier or has no such calls does not", () => {
  const fault = trouble("b", "payments", 0, 10);
  const calls = [call("api", "payments")];
  expect(merges([symptom("a", "api", 1000), fault], [], calls)).toEqual(["a>b"]);
  expect(merges([symptom("a", "api", 1000), fault], [], [call("api", "payments", "are slow")])).toEqual(["a>b"]);
  expect(merges([symptom("a", "front", 1000), fault], [], [call("front", "api", "are slow"), ...calls])).toEqual([
    "a>b",
  ]);
  expect(merges([trouble("a", "api", 1000, 10), fault], [], calls)).toEqual([]);
  expect(merges([symptom("a", "api", 301_000), fault], [], calls)).toEqual([]);
  expect(merges([symptom("a", "api", 1000), fault], [], [call("api", "payments", "are made")])).toEqual([]);
  expect(merges([symptom("a", "api", 1000), fault], [], [call("payments", "api")])).toEqual([]);
  expect(merges([{ ...symptom("a", "api", 1000), environment: "staging" }, fault], [], calls)).toEqual([]);
});

test.each([
  [null, true],
  ["payments", true],
  ["payments:8080", true],
  ["payments.default.svc.cluster.local:80", true],
  ["10.0.0.7:8080", true],
  ["localhost:3000", true],
  ["pay-svc", true],
  ["stock:8080", false],
  ["stock.default.svc", false],
  ["api.stripe.com", false],
  ["10.0.0.7:5432", false],
])("a symptom that blames %s may be about payments: %s", (blames, isIt) => {
  const calls = [call("api", "payments"), call("api", "stock", "are made")];
  const found = merges([symptom("a", "api", 1000, { blames }), trouble("b", "payments", 0, 10)], [], calls);
  expect(found).toEqual(isIt ? ["a>b"] : []);
});

test("symptoms of one trouble are one, also of one service and of services that have nothing to do with each other; two that a common caller suffers from stay two", () => {
  const told = [symptom("a", "api", 0), symptom("b", "api", 1000), symptom("c", "mail", 2000)];
  const fault = trouble("d", "payments", 3000, 10);
  const calls = [call("api", "payments"), call("mail", "payments")];
  expect(merges([...told, fault], [], calls).sort()).toEqual(["a>d", "b>d", "c>d"]);
  expect(merges(told, [], calls)).toEqual([]);
  const faults = [trouble("d", "payments", 0, 10), trouble("e", "stock", 0, 10)];
  const both = [call("api", "payments"), call("api", "stock")];
  expect(merges([symptom("a", "api", 0), ...faults], [], both)).toHaveLength(1);
  const ends = [symptom("d", "payments", 0), symptom("e", "stock", 0)];
  expect(merges([symptom("a", "api", 0), ...ends], [], both)).toHaveLength(1);
});

test("a symptom is not where it comes from, however much it tells: a detector's incident of the service that it calls goes on; of one service the stack does", () => {
  const stack = symptom("a", "api", 0);
  const slow = { ...trouble("b", "payments", 1000), isSlow: true, isSymptom: true };
  expect(merges([stack, slow], [], [call("api", "payments")])).toEqual(["a>b"]);
  const slowness = symptom("b", "api", 1000, { isSlow: true, telling: "status" });
  expect(merges([stack, slowness], [], [])).toEqual(["b>a"]);
  const line = trouble("b", "api", 1000, 10, "log line");
  expect(merges([symptom("a", "api", 0, { isPassedOn: true }), line], [{ ids: ["a", "b"], shared: 9 }], [])).toEqual([
    "b>a",
  ]);
});

test("a wide outage is judged at once: fifty incidents among thousands of failing calls, most of them of services that none leads to", () => {
  const services = 400;
  const calls = Array.from({ length: services * 12 }, (_, at) => {
    const caller = Math.floor(at / 12);
    return call(`s${caller}`, `s${(caller * 7 + ((at % 12) + 1) ** 2) % services}`);
  });
  const troubles = Array.from({ length: 50 }, (_, at) =>
    trouble(String(at).padStart(2, "0"), at % 2 === 0 ? `s${at * 8}` : `alone${at}`, at * 1000),
  );
  const startedAt = performance.now();
  expect(merges(troubles, [], calls)).toHaveLength(24);
  // Following every way anew for each two of them took 17 s.
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test("a way is the shortest one, of five calls at most, and the same service is on it once", () => {
  const chain = ["a", "b", "c", "d", "e", "f", "g"];
  const calls = chain.slice(1).map((callee, at) => call(chain[at] ?? "", callee));
  const wayOf = waysOfCalls([...calls, call("c", "a"), call("a", "c", "are slow"), call("a", "a")]);
  const at = (service: string) => ({ environment: "production", service });
  expect(wayOf(at("a"), at("f"), ["fail"])?.services).toEqual(["a", "b", "c", "d", "e", "f"]);
  expect(wayOf(at("a"), at("g"), ["fail"])).toBeNull();
  expect(wayOf(at("a"), at("a"), ["fail"])).toBeNull();
  expect(wayOf(at("a"), at("c"), ["are slow", "fail"])).toEqual({ services: ["a", "c"], how: "are slow" });
  expect(wayOf({ ...at("a"), environment: "staging" }, at("c"), ["fail"])).toBeNull();
});
