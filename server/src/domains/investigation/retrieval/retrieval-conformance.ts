import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject } from "../../../../../test/database/make-project.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { createRetrieval } from "./create-retrieval.ts";
import { activeModel, advanceModel, listModels } from "./embedding-models.ts";
import { evidenceOfHit } from "./evidence-of-hit.ts";
import { HASHING_MODEL, hashingEmbedder } from "./hashing-embedder.ts";
import type { Embedder, RetrievalPoint, VectorIndex } from "./retrieval-port.ts";

/** An index under test, over a database of its own. */
export interface RetrievalUnderTest {
  readonly database: Database;
  readonly index: VectorIndex;
  /** Returns when the index has every vector that is in the tables. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const texts = {
  timeout: "payment-api: raise the timeout of the HTTP client from 2 s to 30 s, retry twice",
  pool: "orders: connection pool size from 20 to 5, because the database ran out of connections",
  cart: "cart: itemPrice may be undefined when the catalogue has no price for an item",
  docs: "README: how to run the examples",
} as const;

/** What every index behind the port `VectorIndex` does, seen through the port `Retrieval`. */
export function describeRetrieval(name: string, open: () => Promise<RetrievalUnderTest>): void {
  describe(`retrieval: ${name}`, () => {
    let under: RetrievalUnderTest;
    let projectId: string;
    const hashing = hashingEmbedder();
    const retrievalOf = (embedders: readonly Embedder[]) =>
      createRetrieval({
        ...{ database: under.database, index: under.index, localModel: HASHING_MODEL },
        embedders: (model) => embedders.find((one) => one.model === model) ?? null,
      });
    const advance = async (embedder: Embedder) => {
      const isIndexComplete = async () => {
        await under.settle();
        return true;
      };
      while (
        (await advanceModel({ database: under.database, embedder, index: under.index, isIndexComplete })) !== "done"
      );
    };
    const ids = Object.fromEntries(Object.keys(texts).map((key) => [key, newId()])) as Record<
      keyof typeof texts,
      string
    >;
    const point = (key: keyof typeof texts, more: Partial<RetrievalPoint> = {}): RetrievalPoint => ({
      ...{ id: ids[key], projectId, collection: "git_diff_chunks", content: texts[key] },
      payload: { repo: "https://git.example.com/shop.git", sha: key, path: `src/${key}.ts`, hunk_id: "1" },
      ...more,
    });
    const found = async (text: string, more: object = {}) => {
      const answer = await retrievalOf([hashing]).search({
        projectId,
        collection: "git_diff_chunks",
        text,
        limit: 5,
        ...more,
      });
      return { ...answer, keys: answer.hits.map(({ point: { payload } }) => payload.sha) };
    };

    beforeAll(async () => {
      under = await open();
      projectId = await makeProject(under.database);
      await advance(hashing);
      await retrievalOf([hashing]).upsert([point("timeout"), point("pool"), point("cart"), point("docs")]);
      await under.settle();
    });
    afterAll(() => under?.close());

    test("the nearest text comes first, with its similarity, what found it, and a reference that is its place", async () => {
      const { hits, keys, missing } = await found("HTTP client timeouts of the payment API");
      expect(missing).toBeNull();
      expect(keys[0]).toBe("timeout");
      const [best] = hits;
      expect(best).toMatchObject({ source: under.index.engine, ref: `git_diff_chunks/${ids.timeout}` });
      expect(best?.similarity).toBeGreaterThan(0.2);
      expect(best?.similarity).toBeLessThanOrEqual(1);
      const [same] = (await found(texts.pool)).hits;
      expect(same?.point).toEqual(point("pool"));
      expect(same?.similarity).toBeCloseTo(1, 3);
    });

    test("names of code are found by their parts, and words by what is like them", async () => {
      expect((await found("price of an item is missing")).keys[0]).toBe("cart");
      expect((await found("ITEM_PRICE")).keys[0]).toBe("cart");
      expect((await found("connections exhausted in the pool")).keys[0]).toBe("pool");
    });

    test("a hit becomes evidence as documented: its source, its place, its payload and how near it was", async () => {
      const [hit] = (await found("retry the payment")).hits;
      if (hit === undefined) throw new Error("nothing was found");
      expect(evidenceOfHit(hit)).toEqual({
        ...{ kind: "retrieval", source: hit.source, ref: `git_diff_chunks/${ids.timeout}` },
        metadata: {
          ...point("timeout").payload,
          similarity: hit.similarity,
          score: hit.score,
          snapshot: texts.timeout,
        },
      });
    });

    test("a filter leaves out what has other values, however near it is", async () => {
      expect((await found("the timeout of a connection", { filter: { path: "src/pool.ts" } })).keys).toEqual(["pool"]);
      expect((await found(texts.timeout, { filter: { path: "src/none.ts" } })).keys).toEqual([]);
    });

    test("another project and another collection are not searched", async () => {
      const other = await makeProject(under.database);
      const collection = "runbooks" as const;
      await retrievalOf([hashing]).upsert([
        point("timeout", { id: newId(), projectId: other, payload: { sha: "of another project" } }),
        point("timeout", { id: newId(), collection, payload: { sha: "of another collection" } }),
      ]);
      await under.settle();
      expect((await found(texts.timeout)).keys).not.toContain("of another project");
      expect((await found(texts.timeout)).keys).not.toContain("of another collection");
      expect((await found(texts.timeout, { collection })).keys).toEqual(["of another collection"]);
    });

    test("a text that changes is found by what it says now, and one that is removed not at all", async () => {
      const id = newId();
      const retrieval = retrievalOf([hashing]);
      await retrieval.upsert([point("docs", { id, content: "zebra crossing stripes", payload: { sha: "changing" } })]);
      await under.settle();
      expect((await found("zebra crossing")).keys[0]).toBe("changing");
      await retrieval.upsert([
        point("docs", { id, content: "walrus tusks and whiskers", payload: { sha: "changed" } }),
      ]);
      await under.settle();
      expect((await found("walrus whiskers")).keys[0]).toBe("changed");
      expect(
        (await found("zebra crossing stripes")).hits.find((hit) => hit.point.id === id)?.similarity ?? 0,
      ).toBeLessThan(0.2);
      await retrieval.remove("git_diff_chunks", [id]);
      await under.settle();
      expect((await found("walrus whiskers")).hits.map((hit) => hit.point.id)).not.toContain(id);
    });

    test("text from outside that is no text for the database is kept without what it can't hold", async () => {
      const id = newId();
      await retrievalOf([hashing]).upsert([
        point("docs", { id, content: "nul\0 and a lone \ud800 surrogate quokka", payload: { sha: "q\0" } }),
      ]);
      await under.settle();
      const { hits } = await found("quokka");
      expect(hits[0]?.point.id).toBe(id);
      await retrievalOf([hashing]).remove("git_diff_chunks", [id]);
    });

    test("a new model is built beside the old one, which is searched until it is complete; a build that breaks goes on where it stood", async () => {
      const { database } = under;
      let isBroken = true;
      const asked: string[] = [];
      const other: Embedder = {
        model: "other/model-2",
        embed: async (given) => {
          if (isBroken && asked.length > 0) throw new Error("the model is away");
          asked.push(...given);
          // Its vectors have another length than those of the old one.
          return (await hashing.embed(given)).map((vector) => Float32Array.from([...vector, 0, 0, 0]));
        },
      };
      await retrievalOf([hashing]).upsert(
        Array.from({ length: 70 }, (_, n) =>
          point("docs", { id: newId(), content: `filler number ${n}`, payload: { sha: `filler ${n}` } }),
        ),
      );
      const step = () =>
        advanceModel({
          database,
          embedder: other,
          index: under.index,
          isIndexComplete: async () => {
            await under.settle();
            return true;
          },
        });
      expect(await step()).toBe("worked");
      await expect(step()).rejects.toThrow("the model is away");
      expect(await activeModel(database.db)).toBe(HASHING_MODEL);
      expect((await listModels(database.db)).find(({ model }) => model === other.model)).toMatchObject({
        ...{ state: "building", rowsDone: 64, lastError: "the model is away", dimensions: 515 },
      });
      expect((await retrievalOf([hashing, other]).check()).isHealthy).toBe(false);
      expect((await found(texts.pool)).keys[0]).toBe("pool");
      isBroken = false;
      while ((await step()) !== "done");
      const { count } = await database.db
        .selectFrom("retrieval_points")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      expect(asked).toHaveLength(Number(count));
      expect(await listModels(database.db)).toMatchObject([{ model: other.model, state: "active", lastError: null }]);
      await under.settle();
      const answer = await retrievalOf([other]).search({
        projectId,
        collection: "git_diff_chunks",
        text: texts.pool,
        limit: 3,
      });
      expect(answer).toMatchObject({ missing: null });
      expect(answer.hits[0]).toMatchObject({ point: { payload: { sha: "pool" } }, source: under.index.engine });
      // Who has only the old model is told, and words still find.
      const blind = await retrievalOf([hashing]).search({
        projectId,
        collection: "git_diff_chunks",
        text: texts.pool,
        limit: 3,
      });
      expect(blind.missing).toContain(other.model);
      expect(blind.hits[0]).toMatchObject({ similarity: 0, source: "postgres", point: { payload: { sha: "pool" } } });
    });

    test("it says that it is well", async () => {
      expect(await under.index.check()).toMatchObject({ engine: under.index.engine, isHealthy: true });
    });
  });
}
