import { tokensOf } from "../blame/change-substance.ts";
import { foldName } from "../world/message-facts.ts";
import type { World } from "../world/world.ts";
import { atFailure } from "./context.ts";

export interface SettingUse {
  readonly weight: number;
  readonly where: string;
  /** The innermost failing line reads it, or a line that gives it a value. */
  readonly isAtFailure: boolean;
}

const plainWords = new Set([
  "name",
  "id",
  "type",
  "value",
  "key",
  "default",
  "enabled",
  "path",
  "data",
  "level",
  "mode",
  "version",
  "port",
  "host",
  "url",
  "length",
  "map",
  "log",
  "debug",
]);

/** How closely the failing code reads a setting: by the setting's last name, however it is spelt; null where it does not. */
export function readsSetting(world: World, key: string): SettingUse | null {
  const wanted = foldName(key.split(/[.:/]/).at(-1) ?? key);
  if (wanted.length < 2) return null;
  let best: SettingUse | null = null;
  for (const region of world.regions) {
    if (region.kind === "file_scope") continue;
    const text =
      world.sources
        .get(region.path)
        ?.split("\n")
        .slice(region.first - 1, region.last) ?? [];
    // A function reads much; what the failing line and its values read is nearer.
    const weight = region.kind === "line" || region.kind === "feeding" ? region.weight : region.weight * 0.85;
    if (best !== null && best.weight >= weight) continue;
    if (text.some((line) => namesIn(line, wanted)))
      best = { weight, where: region.label, isAtFailure: region.kind !== "function" && weight >= atFailure };
  }
  if (best === null) {
    for (const [path, text] of world.sources) {
      if (namesIn(text, wanted)) {
        best = { weight: 0.4, where: path, isAtFailure: false };
        break;
      }
    }
  }
  return best === null || !plainWords.has(wanted) ? best : { ...best, weight: best.weight * 0.6, isAtFailure: false };
}

function namesIn(text: string, wanted: string): boolean {
  return tokensOf(text).some((token) => {
    const folded = foldName(token);
    return (
      folded === wanted ||
      (wanted.length >= 8 && folded.length >= 6 && (folded.endsWith(wanted) || wanted.endsWith(folded)))
    );
  });
}
