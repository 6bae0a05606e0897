import type { ExecutionLog, IncidentDetail, ProofProgress } from "@culprit/contract";
import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import type { FakeCulprit } from "./fake-culprit.ts";
import { cartIncident } from "./fixtures/cart-incident.ts";
import { describeInBrowser, usePage } from "./page-in-browser.ts";

describeInBrowser("the proof of a patch while it runs", () => {
  const inBrowser = usePage();
  let page: Page;
  let fake: FakeCulprit;
  beforeEach(() => {
    ({ page, fake } = inBrowser);
  });

  const tell = (proof_step: Partial<ProofProgress["proof_step"]>, attempt = 1) => {
    const step = { command: "node --test", exit_code: null, duration_ms: 0, log: "", ...proof_step };
    const line: ExecutionLog = {
      ...{ id: `log_${fake.state.log?.length}`, at: new Date().toISOString(), level: "INFO", step: "prove" },
      ...{ message: `${step.name}: ${step.outcome}`, metadata: { attempt, proof_step: step } },
    };
    fake.state.log = [...(fake.state.log ?? []), line];
  };
  /** The cart's incident while its patch is proven. */
  const proving = (): IncidentDetail => {
    const whole = cartIncident();
    const steps = whole.execution?.steps.map((step) =>
      step.path === "prove" ? { ...step, status: "running" as const, finished_at: null, duration_ms: null } : step,
    );
    const execution = whole.execution && { ...whole.execution, status: "running" as const, steps: steps ?? [] };
    return { ...whole, status: "investigating", autopsy: null, execution };
  };

  test("each step appears as it begins, gets its result, duration and log as it ends, and gives way to the proof, all without a reload", async () => {
    const [before, after] = ["regression test fails before the patch", "project's tests with the patch"];
    fake.state.log = [];
    const incident = proving();
    fake.state.details.set(incident.id, incident);
    await inBrowser.open(`/incidents/${incident.id}`);
    await page.evaluate("window.isSamePage = true");
    await page.locator("#proof").getByText("It begins.").waitFor();
    tell({ name: before, outcome: "running" });
    const steps = page.getByRole("list", { name: "Steps of the proof" });
    const first = steps.getByRole("listitem").first();
    await first.getByText("running").waitFor();
    await page.getByRole("status").getByText(`Running: ${before}.`).waitFor();
    await first.locator("summary").click();
    await first.getByText("It still runs.").waitFor();
    tell({ name: before, outcome: "passed", exit_code: 1, duration_ms: 1420, log: "1 test failed: reading 'ratio'" });
    tell({ name: after, outcome: "running", command: "npm test" });
    // It stays open, and shows its log as soon as there is one.
    await first.getByText("1 test failed: reading 'ratio'").waitFor();
    for (const fact of ["passed", "exit 1", "1.42 s"]) expect(await first.innerText()).toContain(fact);
    await steps.getByRole("listitem").nth(1).getByText(after).waitFor();
    fake.state.details.set(incident.id, cartIncident());
    await page.getByText(/^5 steps: 4 passed, 1 skipped$/).waitFor();
    expect(await page.getByText("It begins.").count()).toBe(0);
    expect(await page.evaluate("window.isSamePage")).toBe(true);
  });

  test("a second patch begins anew, and says that it is the second", async () => {
    fake.state.log = [];
    tell({ name: "project's tests with the patch", outcome: "failed", exit_code: 1, duration_ms: 900 });
    const incident = proving();
    fake.state.details.set(incident.id, incident);
    await inBrowser.open(`/incidents/${incident.id}`);
    const steps = page.getByRole("list", { name: "Steps of the proof" });
    await steps.getByText("project's tests with the patch").waitFor();
    tell({ name: "patch passes the gate", outcome: "passed", duration_ms: 20 }, 2);
    await page.locator("#proof").getByText("running, patch 2").waitFor();
    await expect.poll(() => steps.getByRole("listitem").allInnerTexts()).toEqual([expect.stringContaining("gate")]);
  });
});
