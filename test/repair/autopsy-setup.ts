import { join } from "node:path";
import type { AutopsyDeps } from "../../server/src/domains/repair/autopsy/autopsy-deps.ts";
import type { AutopsySettings } from "../../server/src/domains/repair/autopsy/model-port.ts";
import type { Database } from "../../server/src/platform/db/open-database.ts";
import { codeSearch } from "../../server/src/vendors/git/search-code.ts";
import { providerAutopsyModel } from "../../server/src/vendors/models/provider-autopsy-model.ts";
import type { FakeOpenAi } from "../fakes/openai/fake-openai.ts";
import { repairDeps } from "./repair-setup.ts";

const noLimits = { calls: 0, tokens: 0, seconds: 0, cost: 0 };

export const autopsySettings: AutopsySettings = {
  ...{ contextCharactersMax: 30_000, windowTokens: 0, outputTokensMax: 2000, callTimeoutMs: 5000 },
  ...{ priceIn: 2, priceOut: 10, perIncident: noLimits, perDay: noLimits },
};

/** The real parts of an autopsy over a test database; the model is the fake, or none. */
export function autopsyDeps(
  database: Database,
  fake: FakeOpenAi | null,
  overrides: Partial<AutopsyDeps> = {},
): AutopsyDeps & { readonly dataDir: string } {
  const deps = repairDeps(database);
  return {
    ...deps,
    retrieval: { search: async () => ({ hits: [], missing: null }) },
    searchCode: codeSearch(join(deps.dataDir, "repositories")),
    autopsyModel: fake === null ? null : providerAutopsyModel({ model: "small", url: fake.url, apiKey: fake.apiKey }),
    autopsySettings,
    now: () => new Date(),
    ...overrides,
  };
}
