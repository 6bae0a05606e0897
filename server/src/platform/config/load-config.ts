import { existsSync, readFileSync } from "node:fs";
import { CulpritError } from "../errors/culprit-error.ts";
import { nearestName } from "../names/nearest-name.ts";
import { type Config, flagName, type OptionKey, options } from "./options.ts";

const keys = Object.keys(options) as OptionKey[];

export interface ConfigSources {
  /** Values of command-line flags, by option key. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The settings file; a missing one is fine unless it was asked for. */
  readonly file?: { readonly path: string; readonly isRequired: boolean };
  /** Defaults of a command that differ from those of the option. */
  readonly defaults?: Partial<Record<OptionKey, unknown>>;
}

/**
 * The settings: flag over variable over file over default.
 * @throws CulpritError CONFIG_INVALID that names the setting, its value, the reason and the remedy.
 */
export function loadConfig(sources: ConfigSources): Config {
  const file = sources.file === undefined ? {} : readSettingsFile(sources.file.path, sources.file.isRequired);
  const filePath = sources.file?.path ?? "the settings file";
  for (const key of Object.keys(file)) refuseUnknown(key, keys, `${filePath} has the unknown setting`);
  for (const key of Object.keys(sources.flags)) refuseUnknown(key, keys, "There is no flag for");
  const names = keys.map((key) => options[key].env);
  for (const name of Object.keys(sources.env)) {
    if (name.startsWith("CULPRIT_")) refuseUnknown(name, names, "The environment has the unknown setting");
  }
  const config: Partial<Record<OptionKey, unknown>> = {};
  for (const key of keys) {
    const { env, schema, default: fallback, allowed } = options[key];
    const [value, origin] =
      sources.flags[key] !== undefined
        ? [sources.flags[key], flagName(key)]
        : sources.env[env] !== undefined
          ? [sources.env[env], env]
          : file[key] !== undefined
            ? [file[key], `${key} in ${filePath}`]
            : [sources.defaults?.[key] ?? fallback, "default"];
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const shown = /url$/i.test(key) ? "(not shown: it may hold a password)" : JSON.stringify(value);
      throw new CulpritError(
        "CONFIG_INVALID",
        `${origin} is ${shown}; it must be ${allowed}. Mend it or leave it out to get the default.`,
        {
          details: { field: key },
        },
      );
    }
    config[key] = parsed.data;
  }
  return config as Config;
}

function readSettingsFile(path: string, isRequired: boolean): Record<string, unknown> {
  if (!existsSync(path)) {
    if (!isRequired) return {};
    throw new CulpritError(
      "CONFIG_INVALID",
      `The settings file ${path} does not exist. Create it or leave out --config.`,
    );
  }
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch (cause) {
    throw new CulpritError(
      "CONFIG_INVALID",
      `The settings file ${path} is not valid JSON: ${(cause as Error).message}`,
      { cause },
    );
  }
  throw new CulpritError(
    "CONFIG_INVALID",
    `The settings file ${path} must hold one JSON object such as {"port": 4600}.`,
  );
}

function refuseUnknown(name: string, known: readonly string[], complaint: string): void {
  if (known.includes(name)) return;
  const nearest = nearestName(name, known);
  throw new CulpritError(
    "CONFIG_INVALID",
    `${complaint} ${name}.${nearest === null ? "" : ` Did you mean ${nearest}?`} docs/configuration.md lists all settings.`,
    {
      details: { field: name },
    },
  );
}
