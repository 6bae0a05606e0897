import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  incidentDetailSchema,
  incidentListSchema,
  integrationDetailSchema,
  type ProjectCreated,
} from "@culprit/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, type RunningCulprit, startCulprit } from "./culprit/start-culprit.ts";
import { hasPrometheus, type RunningPrometheus, startPrometheus } from "./prometheus/start-prometheus.ts";

const page = readFileSync(fileURLToPath(new URL("../docs/integrations.md", import.meta.url)), "utf8");

/** An example of the documentation, so that what is printed there is what works. */
function example(name: string): string {
  const found = page.split(`<!-- example: ${name} -->`)[1]?.match(/^\s*```\w+\n([\s\S]*?)^```/m)?.[1];
  if (found === undefined) throw new Error(`docs/integrations.md has no example ${name}`);
  return found;
}

describe.skipIf(!hasPrometheus)("a real Prometheus and Alertmanager", () => {
  const token = "token-of-alertmanager";
  let culprit: RunningCulprit;
  let prometheus: RunningPrometheus | undefined;
  beforeAll(async () => {
    culprit = await startCulprit({ env: { CULPRIT_HTTP_ALLOW_PRIVATE: "127.0.0.1" } });
  });
  afterAll(async () => {
    await prometheus?.stop();
    await culprit.stop();
  });

  async function ask(key: string, path: string, body?: unknown): Promise<unknown> {
    const reply = await fetch(`${culprit.url}${path}`, {
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${await reply.text()}`);
    return reply.json();
  }

  test("a rule that fires opens one incident with its labels, and resolves it when it stops, as the documentation sets them up", async () => {
    const { stdout } = await culprit.culprit("project", "create", "shop", "--json");
    const { api_key: key } = JSON.parse(stdout) as ProjectCreated;
    const entered = { type: "alertmanager", name: "Alertmanager", config: {}, credentials: { token } };
    const integration = integrationDetailSchema.parse(await ask(key, "/api/integrations", entered));
    prometheus = await startPrometheus({
      metric: "cart_errors_ratio",
      rules: example("rules.yml").replace("for: 1m", "for: 0s"),
      alertmanager: example("alertmanager.yml")
        .replace("https://culprit.example.com/hooks/i/ADDRESS", integration.webhook_url ?? "")
        .replace("credentials: TOKEN", `credentials: ${token}`)
        .replace("group_wait: 10s", "group_wait: 100ms")
        .replace("group_interval: 1m", "group_interval: 1s"),
    });
    const { log } = prometheus;
    const incidents = async () => incidentListSchema.parse(await ask(key, "/api/incidents")).incidents;

    prometheus.setMetric(0.12);
    const [opened] = await eventually(incidents, (found) => found.length > 0, 40_000).catch((error: Error) => {
      throw new Error(`${error.message}\n${log()}`);
    });
    expect(opened).toMatchObject({ title: "The cart fails", severity: "critical", detector: null });
    const detail = incidentDetailSchema.parse(await ask(key, `/api/incidents/${opened?.id}`));
    expect(JSON.stringify(detail)).toContain("12% of its requests fail.");
    expect(detail).toMatchObject({ service: "cart", environment: "production" });

    prometheus.setMetric(0);
    const [resolved] = await eventually(incidents, ([one]) => one?.status === "resolved", 40_000).catch(
      (error: Error) => {
        throw new Error(`${error.message}\n${log()}`);
      },
    );
    expect(resolved?.id).toBe(opened?.id);
    expect(await incidents()).toHaveLength(1);
  }, 120_000);

  test("its health is Alertmanager's own answer", async () => {
    const { stdout } = await culprit.culprit("project", "create", "health", "--json");
    const { api_key: key } = JSON.parse(stdout) as ProjectCreated;
    const entered = {
      type: "alertmanager",
      name: "Alertmanager",
      config: { url: prometheus?.alertmanagerUrl },
      credentials: { token },
    };
    const { id } = integrationDetailSchema.parse(await ask(key, "/api/integrations", entered));
    const checked = integrationDetailSchema.parse(await ask(key, `/api/integrations/${id}/check`, {}));
    expect(checked).toMatchObject({ health_status: "healthy" });
    expect(checked.health_reason).toMatch(/^Alertmanager [\d.]+ runs\.$/);
  });
});
