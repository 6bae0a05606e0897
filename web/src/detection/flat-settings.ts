export type Settings = Readonly<Record<string, unknown>>;

/** Groups are taken apart, `{traffic: {min: 1}}` is `traffic.min`; lists and maps that people name themselves stay whole. */
export function flatten(settings: Settings, prefix = ""): readonly (readonly [path: string, value: unknown])[] {
  return Object.entries(settings).flatMap(([name, value]) =>
    isGroup(value) && name !== "series" ? flatten(value, `${prefix}${name}.`) : [[`${prefix}${name}`, value] as const],
  );
}

/** The settings with what stands at a path replaced. */
export function withSetting(settings: Settings, path: string, value: unknown): Settings {
  const [name = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...settings, [name]: value };
  const group = settings[name];
  return { ...settings, [name]: withSetting(isGroup(group) ? group : {}, rest.join("."), value) };
}

/** What of the settings differs from before, at the first level. */
export function changedSettings(before: Settings, after: Settings): Settings {
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
  );
}

function isGroup(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
