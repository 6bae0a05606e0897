/** A notification of version 4, as https://prometheus.io/docs/alerting/latest/configuration/#webhook_config describes it. */
export function notification(overrides: object = {}) {
  return {
    version: "4",
    groupKey: '{}:{alertname="CartErrorsHigh"}',
    truncatedAlerts: 0,
    status: "firing",
    receiver: "culprit",
    groupLabels: { alertname: "CartErrorsHigh" },
    commonLabels: {},
    commonAnnotations: {},
    externalURL: "http://alertmanager:9093",
    alerts: [
      {
        status: "firing",
        labels: { alertname: "CartErrorsHigh", severity: "critical", service: "cart", env: "staging" },
        annotations: { summary: "The cart fails", description: "5 % of its requests" },
        startsAt: "2026-01-01T11:58:00.000Z",
        endsAt: "0001-01-01T00:00:00Z",
        generatorURL: "http://prometheus:9090/graph?g0.expr=x",
        fingerprint: "c2b6f9a1b2c3d4e5",
      },
      {
        status: "resolved",
        labels: { alertname: "DiskFull", job: "node" },
        annotations: {},
        startsAt: "2026-01-01T10:00:00.000Z",
        endsAt: "2026-01-01T11:00:00.000Z",
        generatorURL: "",
        fingerprint: "0011223344556677",
      },
    ],
    ...overrides,
  };
}
