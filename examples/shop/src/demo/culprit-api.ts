import {
  type ConfigChangeInput,
  type IncidentDetail,
  type IncidentSummary,
  incidentDetailSchema,
  incidentListSchema,
  type PullRequestSettingsPatch,
} from "@culprit/contract";

export interface DeploymentReport {
  readonly service: string;
  readonly environment: string;
  readonly commit_sha: string;
  readonly release: string;
  readonly started_at: string;
}

/** What the demo asks of Culprit, over HTTP as any program would. Each rejects with Culprit's own message. */
export interface CulpritApi {
  readonly registerRepository: (url: string) => Promise<void>;
  readonly reportDeployment: (deployment: DeploymentReport) => Promise<void>;
  /** Connects a repository at a GitHub, and lets proven patches be opened there without asking. */
  readonly connectForge: (forge: {
    readonly apiUrl: string;
    readonly repository: string;
    readonly token: string;
  }) => Promise<void>;
  readonly reportChange: (change: Partial<ConfigChangeInput>) => Promise<void>;
  readonly listIncidents: () => Promise<readonly IncidentSummary[]>;
  readonly loadIncident: (id: string) => Promise<IncidentDetail>;
}

/** The API of a running Culprit for the holder of a project's key. */
export function openApi(baseUrl: string, apiKey: string): CulpritApi {
  async function call(method: "GET" | "POST" | "PATCH", path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }

  return {
    registerRepository: async (url) => void (await call("POST", "/api/repositories", { url })),
    reportDeployment: async (deployment) => void (await call("POST", "/api/deployments", deployment)),
    connectForge: async ({ apiUrl, repository, token }) => {
      const config = { base_url: apiUrl, repositories: [repository] };
      await call("POST", "/api/integrations", { type: "github", name: "forge", config, credentials: { token } });
      const limits = { min_events: 1, min_confidence: 0, allow_mitigation: true };
      const settings: PullRequestSettingsPatch = { mode: "auto", ...limits };
      await call("PATCH", "/api/pull-request-settings", settings);
    },
    reportChange: async (change) => void (await call("POST", "/api/changes", change)),
    listIncidents: async () => incidentListSchema.parse(await call("GET", "/api/incidents?limit=100")).incidents,
    loadIncident: async (id) => incidentDetailSchema.parse(await call("GET", `/api/incidents/${id}`)),
  };
}
