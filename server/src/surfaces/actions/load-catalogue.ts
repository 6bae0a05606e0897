import { readdirSync } from "node:fs";
import type { Action, Catalogue } from "../../domains/workflow/index.ts";
import type { ActionServices } from "./action-services.ts";

/** Files of this folder that are no actions. */
const others = /(-services|load-catalogue|\.test|\.fixture)\.ts$/;

/** Every action there is: each file of this folder but its own helpers (which lie in `shared/`) is one. */
export async function loadCatalogue(): Promise<Catalogue<ActionServices>> {
  const folder = new URL("./", import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".ts") && !others.test(name));
  const modules = (await Promise.all(names.map((name) => import(new URL(name, folder).href)))) as {
    readonly default: Action<ActionServices>;
  }[];
  const actions = modules.map((module) => module.default).sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(actions.map((action) => [action.name, action]));
}
