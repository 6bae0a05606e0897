import type { Severity } from "./severity.ts";

/** An alert of another system (Alertmanager, Grafana, PagerDuty, Datadog, Sentry …) in the one shape. Its texts are hostile. */
export interface Alert {
  readonly status: "firing" | "resolved";
  /** The same for every notification about one alert. */
  readonly fingerprint: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly service: string | null;
  readonly environment: string | null;
  /** By the sender's clock. The same for every notification of one firing; a later one is a new firing. */
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly url: string | null;
  /** The sender's own id of what this tells. Told again, by whatever delivery or integration, it counts nothing again. */
  readonly noticeId?: string;
}
