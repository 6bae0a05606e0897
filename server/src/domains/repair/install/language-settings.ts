import { existsSync, readdirSync } from "node:fs";
import type { SandboxBind } from "../sandbox-port.ts";

/**
 * Settings below `/etc` without which Debian's programs of a language do not start. Only these: settings for a registry may hold a password,
 * and code of the project could read them.
 */
export function settingsOf(language: "java" | "php"): readonly SandboxBind[] {
  const paths =
    language === "java"
      ? [...named("/etc", /^java-\d+-openjdk$/), "/etc/maven/m2.conf", "/etc/maven/logging"]
      : named("/etc/php", /^\d/).flatMap((folder) => [`${folder}/mods-available`, `${folder}/cli`]);
  return paths.filter((path) => existsSync(path)).map((path) => ({ source: path, target: path }));
}

function named(folder: string, pattern: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => `${folder}/${name}`);
}
