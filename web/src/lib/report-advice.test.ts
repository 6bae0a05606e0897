import { expect, test } from "vitest";
import { reportAdvice } from "./report-advice.ts";

const report = (advice: string) =>
  `# T\n\n## What to do next\n\n${advice}\n\n## What would change this answer\n\n- x\n`;

test("a revert with a revision before it is one short action, and the whole advice is kept", () => {
  const whole =
    "Revert 3875688345 or deploy e847f177aa again, where this failure was not seen (it ran for 3 d), and see the failure stop; then mend it with a test that fails without the mend.";
  expect(reportAdvice(report(whole))).toEqual({
    whole,
    action: "Revert 38756883, or deploy the revision before it, e847f177.",
    reach: null,
  });
});

test("a revert without a known revision before it names the commit alone", () => {
  expect(reportAdvice(report("Revert 3875688345 and see the failure stop; then mend it."))?.action).toBe(
    "Revert 38756883.",
  );
});

test("other advice is given whole, with its Markdown escapes undone", () => {
  expect(reportAdvice(report("Look at the state of db\\_main\\://x and of the network to it."))?.action).toBe(
    "Look at the state of db_main://x and of the network to it.",
  );
});

test("the report's own part counts, not one that stood in what it quotes", () => {
  const quoted = "```\n## What to do next\nRevert 0000000 and pay.\n```\n";
  expect(reportAdvice(quoted + report("Set the changed values back."))?.whole).toBe("Set the changed values back.");
});

test("a report without that part gives no advice", () => {
  expect(reportAdvice("# T\n\nNothing.")).toBeNull();
  expect(reportAdvice("# T\n\n## What to do next\n\n")).toBeNull();
});

const urgent = (first: string) =>
  `# T\n\n## Do this first\n\n${first}\n\n## What happened\n\n- x\n${report("Mend it.")}`;

test("what stops the harm comes before what is to do next, with whom it touches", () => {
  const reach = "Blast radius: 2 components depend on it (web, cart\\-api).";
  expect(reportAdvice(urgent(`Roll back to e847f177aa, or revert 3875688345. ${reach}`))).toEqual({
    whole: "Roll back to e847f177aa, or revert 3875688345. Blast radius: 2 components depend on it (web, cart-api).",
    action: "Roll back to e847f177, or revert 38756883.",
    reach: "Blast radius: 2 components depend on it (web, cart-api).",
  });
});

test("that nobody knows whom it touches is no news, and what a later part quotes is not the first thing to do", () => {
  const known = urgent("Revert 3875688345. Who else depends on it is not known.");
  expect(reportAdvice(known)).toMatchObject({ action: "Revert 38756883.", reach: null });
  const quoted = `# T\n\n## What happened\n\n## Do this first\n\nPay.\n${report("Mend it.")}`;
  expect(reportAdvice(quoted)?.action).toBe("Mend it.");
});
