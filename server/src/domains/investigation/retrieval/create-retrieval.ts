import type { Database } from "../../../platform/db/open-database.ts";
import { embedPoints } from "./embed-points.ts";
import { activeModel, listModels } from "./embedding-models.ts";
import type { Embedders, Retrieval, VectorIndex } from "./retrieval-port.ts";
import { searchPoints } from "./search-points.ts";
import { removePoints, storePoints } from "./store-points.ts";

/**
 * Retrieval over an index of vectors. New points get a vector at once where it is made here; a model elsewhere is asked by the worker
 * (`advanceModel`), so that nobody's write waits for it.
 */
export function createRetrieval(deps: {
  readonly database: Pick<Database, "db">;
  readonly index: VectorIndex;
  readonly embedders: Embedders;
  /** The model that makes vectors without leaving this process. */
  readonly localModel: string;
}): Retrieval {
  const { database, index, embedders, localModel } = deps;
  const { db } = database;
  return {
    engine: index.engine,
    async upsert(points) {
      await storePoints(db, points);
      if ((await activeModel(db)) !== localModel) return;
      const embedder = embedders(localModel);
      if (embedder === null) return;
      for (let made = 1; made > 0; ) made = await embedPoints(db, embedder, points);
    },
    remove: (collection, ids) => removePoints(db, collection, ids),
    search: (query) => searchPoints({ db, index, embedders }, query),
    async check() {
      const [health, models] = await Promise.all([index.check(), listModels(db)]);
      const failing = models.find(({ lastError }) => lastError !== null);
      if (failing !== undefined)
        return {
          ...health,
          isHealthy: false,
          message: `${health.message} Vectors of ${failing.model} can't be made: ${failing.lastError}`,
        };
      const told = models.map(
        ({ model, state, rowsDone, rowsTotal }) => `${model} is ${state}, ${rowsDone} of ${rowsTotal} points`,
      );
      return { ...health, message: [health.message, ...(told.length === 0 ? [] : [`${told.join("; ")}.`])].join(" ") };
    },
    close: () => index.close(),
  };
}
