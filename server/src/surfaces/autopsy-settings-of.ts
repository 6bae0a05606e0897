import type { AutopsyModel, AutopsySettings } from "../domains/repair/index.ts";
import type { Config } from "../platform/config/options.ts";
import { CulpritError } from "../platform/errors/culprit-error.ts";
import { providerAutopsyModel } from "../vendors/models/provider-autopsy-model.ts";

/** What autopsies may ask and spend. */
export function autopsySettingsOf(config: Config): AutopsySettings {
  return {
    contextCharactersMax: config.autopsyContextChars,
    windowTokens: config.autopsyWindowTokens,
    outputTokensMax: config.autopsyOutputTokens,
    callTimeoutMs: config.autopsyTimeoutS * 1000,
    ...{ priceIn: config.autopsyPriceIn, priceOut: config.autopsyPriceOut },
    perIncident: {
      ...{ calls: config.autopsyIncidentCalls, tokens: config.autopsyIncidentTokens },
      ...{ seconds: config.autopsyIncidentSeconds, cost: config.autopsyIncidentCost },
    },
    perDay: {
      ...{ calls: config.autopsyDayCalls, tokens: config.autopsyDayTokens },
      ...{ seconds: config.autopsyDaySeconds, cost: config.autopsyDayCost },
    },
  };
}

/**
 * The model that words autopsies; null where none is named, because it reads code and failures. The address and key of the summaries' model
 * are taken where none of its own is said; a key is never sent to another address than its own.
 * @throws CulpritError CONFIG_INVALID for a model without an address.
 */
export function autopsyModelOf(config: Config): AutopsyModel | null {
  if (config.autopsyModel === "") return null;
  const isOwn = config.autopsyModelUrl !== "";
  const url = isOwn ? config.autopsyModelUrl : config.modelUrl;
  if (url === "")
    throw new CulpritError(
      "CONFIG_INVALID",
      `AUTOPSY_MODEL is ${JSON.stringify(config.autopsyModel)}, but neither AUTOPSY_MODEL_URL nor MODEL_URL says where it is.`,
      { details: { field: "autopsyModelUrl" } },
    );
  const apiKey = isOwn ? config.autopsyModelApiKey : config.autopsyModelApiKey || config.modelApiKey;
  return providerAutopsyModel({ model: config.autopsyModel, url, apiKey });
}
