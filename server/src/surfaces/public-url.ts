import type { Config } from "../platform/config/options.ts";

/** Where people and SDKs reach the server, without a slash at the end. `port` is the one that it really listens on. */
export function publicUrlOf(config: Pick<Config, "publicUrl" | "host" | "port">, port: number = config.port): string {
  if (config.publicUrl !== "") return config.publicUrl.replace(/\/+$/, "");
  const host = config.host === "0.0.0.0" || config.host === "::" ? "localhost" : config.host;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
