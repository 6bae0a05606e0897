import type { Retrieval } from "../../investigation/index.ts";
import type { RepairDeps } from "../repair-deps.ts";
import type { SearchCode } from "./code-search-port.ts";
import type { AutopsyModel, AutopsySettings } from "./model-port.ts";

/** What an autopsy needs from outside, beside what a repair does. */
export interface AutopsyDeps extends RepairDeps {
  readonly retrieval: Pick<Retrieval, "search">;
  readonly searchCode: SearchCode;
  /** Null where none is set up. */
  readonly autopsyModel: AutopsyModel | null;
  readonly autopsySettings: AutopsySettings;
  readonly now: () => Date;
}
