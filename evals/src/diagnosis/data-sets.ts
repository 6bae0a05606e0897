import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";

/** One case with its answer, which the engine is never told. */
export interface RankedCase {
  readonly id: string;
  readonly dir: string;
  readonly services: readonly string[];
  readonly metric: string | null;
  /** The kind of fault, where the set names it. */
  readonly kind: string;
}

export interface DataSet {
  readonly name: string;
  readonly title: string;
  readonly format: string;
  readonly cases: readonly RankedCase[];
}

const shared = resolve(import.meta.dirname, "../../../../shared/data");
const names = ["petshop", "sockshop", "nezha"] as const;
export type DataSetName = (typeof names)[number];
export const dataSetNames: readonly DataSetName[] = names;

const titles: Readonly<Record<DataSetName, string>> = {
  petshop: "PetShop, low traffic, development half",
  sockshop: "Sock Shop 1, development part",
  nezha: "Nezha TrainTicket, development part",
};
const truthSchemas = {
  petshop: z.record(z.string(), z.string()),
  sockshop: z.record(z.string(), z.object({ service: z.string(), metric: z.string() })),
  nezha: z.record(z.string(), z.object({ service: z.string(), type: z.string() })),
} as const;

/** The set's cases, or null where it is not at hand: the sets are not part of the repository. */
export async function readDataSet(name: DataSetName, root: string = shared): Promise<DataSet | null> {
  const dir = join(root, name);
  const file = join(dir, "truth.json");
  if (!existsSync(file)) return null;
  const body: unknown = JSON.parse(await readFile(file, "utf8"));
  const cases = Object.entries(truthSchemas[name].parse(body)).map(([id, truth]): RankedCase => {
    const plain = typeof truth === "string" ? { service: truth } : truth;
    return {
      id,
      dir: join(dir, id),
      services: [plain.service],
      metric: "metric" in plain ? plain.metric : null,
      kind: "metric" in plain ? plain.metric : "type" in plain ? plain.type : plain.service,
    };
  });
  return { name, title: titles[name], format: name, cases: cases.filter((one) => existsSync(one.dir)) };
}
