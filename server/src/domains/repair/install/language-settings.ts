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

/** Where the authorities to trust stand inside. */
export const authoritiesPath = "/culprit/authorities.crt";

/** This machine's authorities to trust, where it keeps them in one file. */
export function authorities(): readonly SandboxBind[] {
  const source = "/etc/ssl/certs/ca-certificates.crt";
  return existsSync(source) ? [{ source, target: authoritiesPath }] : [];
}

function named(folder: string, pattern: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => `${folder}/${name}`);
}
