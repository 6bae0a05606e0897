import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether Debian's packages `prometheus` and `prometheus-alertmanager` are here. */
export const hasPrometheus = ["prometheus", "prometheus-alertmanager"].every(
  (program) => spawnSync(program, ["--version"]).status === 0,
);

export interface RunningPrometheus {
  readonly alertmanagerUrl: string;
  /** What Prometheus reads of the metric at its next scrape. */
  setMetric(value: number): void;
  /** What both wrote so far. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts a real Prometheus that scrapes one metric and a real Alertmanager behind it, on free ports and in a folder of
 * their own.
 */
export async function startPrometheus(files: {
  readonly metric: string;
  readonly rules: string;
  readonly alertmanager: string;
}): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), "culprit-prometheus-"));
  let [value, log] = [0, ""];
  const exporter = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(`${files.metric} ${value}\n`);
  });
  exporter.listen(0, "127.0.0.1");
  await once(exporter, "listening");
  const [port, alertmanagerPort] = [await freePort(), await freePort()];
  const path = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  path("rules.yml", files.rules);
  const prometheusFile = path(
    "prometheus.yml",
    `global: { scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms }
rule_files: [rules.yml]
scrape_configs: [{ job_name: shop, static_configs: [{ targets: ['127.0.0.1:${(exporter.address() as AddressInfo).port}'] }] }]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${alertmanagerPort}'] }] }] }
`,
  );
  const alertmanagerFile = path("alertmanager.yml", files.alertmanager);
  const run = (program: string, args: readonly string[]) => {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
    return child;
  };
  const children = [
    run("prometheus-alertmanager", [
      `--config.file=${alertmanagerFile}`,
      `--storage.path=${join(folder, "alertmanager")}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      "--cluster.listen-address=",
    ]),
    run("prometheus", [
      `--config.file=${prometheusFile}`,
      `--storage.tsdb.path=${join(folder, "prometheus")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      // An alert that lasts is sent again this often; the default of a minute makes its end late too.
      "--rules.alert.resend-delay=1s",
    ]),
  ];
  return {
    alertmanagerUrl: `http://127.0.0.1:${alertmanagerPort}`,
    setMetric: (next) => {
      value = next;
    },
    log: () => log,
    stop: async () => {
      await Promise.all(children.map(ended));
      exporter.closeAllConnections();
      exporter.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Ends a process that runs. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const socket = createSocket().listen(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address() as AddressInfo;
  socket.close();
  await once(socket, "close");
  return port;
}
