import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ended, freePort } from "./start-prometheus.ts";

/** Starts a real Prometheus that scrapes itself once a second, with `config` beside that. */
export async function startRemoteWriter(config: string): Promise<{
  readonly url: string;
  log(): string;
  stop(): Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), "culprit-prometheus-"));
  const port = await freePort();
  const file = join(folder, "prometheus.yml");
  writeFileSync(
    file,
    `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: monitoring/prometheus, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]
${config}`,
  );
  const child = spawn(
    "prometheus",
    [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, "data")}`, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  return {
    url: `http://127.0.0.1:${port}`,
    log: () => log,
    stop: async () => {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
