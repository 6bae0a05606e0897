import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The folder of the toolchain that rustup takes by default. rustup keeps toolchains in the home folder, which no sandbox sees. Null where
 * the system's own Cargo is there, or none is.
 */
export function findRust(env: Readonly<Record<string, string | undefined>>): string | null {
  if (existsSync("/usr/bin/cargo") || existsSync("/usr/local/bin/cargo")) return null;
  const home = env.RUSTUP_HOME ?? (env.HOME === undefined ? null : join(env.HOME, ".rustup"));
  if (home === null || !existsSync(join(home, "toolchains"))) return null;
  const wanted = env.RUSTUP_TOOLCHAIN ?? defaultOf(join(home, "settings.toml")) ?? "stable";
  const names = readdirSync(join(home, "toolchains")).sort();
  const name = names.find((one) => one === wanted) ?? names.find((one) => one.startsWith(`${wanted}-`));
  const folder = name === undefined ? null : join(home, "toolchains", name);
  return folder !== null && existsSync(join(folder, "bin/cargo")) ? folder : null;
}

function defaultOf(settingsPath: string): string | null {
  if (!existsSync(settingsPath)) return null;
  return /^default_toolchain\s*=\s*"([^"]+)"/m.exec(readFileSync(settingsPath, "utf8"))?.[1] ?? null;
}
