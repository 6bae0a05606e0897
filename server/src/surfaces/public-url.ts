import { resolve } from "node:path";
import type { Config } from "../platform/config/options.ts";
import { findRunningServer } from "../platform/process/running-server.ts";

/** Where people and SDKs reach the server, without a slash at the end. `port` is the one that it really listens on. */
export function publicUrlOf(config: Pick<Config, "publicUrl" | "host" | "port">, port: number = config.port): string {
  if (config.publicUrl !== "") return config.publicUrl.replace(/\/+$/, "");
  const host = config.host === "0.0.0.0" || config.host === "::" ? "localhost" : config.host;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** The same for who is not the server: the address of the one that runs on this data folder, else the one that the settings name. */
export async function runningUrlOf(config: Pick<Config, "publicUrl" | "host" | "port" | "dataDir">): Promise<string> {
  if (config.publicUrl !== "") return publicUrlOf(config);
  return (await findRunningServer(resolve(config.dataDir)))?.url ?? publicUrlOf(config);
}
