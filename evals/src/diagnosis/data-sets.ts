import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DATA_VARIABLE, dataRoot } from "./data-root.ts";

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

const names = ["petshop", "sockshop", "nezha"] as const;
export type DataSetName = (typeof names)[number];
export const dataSetNames: readonly DataSetName[] = names;

const titles: Readonly<Record<DataSetName, string>> = {
  petshop: "PetShop, low traffic, development half",
  sockshop: "Sock Shop 1, development part",
  nezha: "Nezha TrainTicket, development part",
};
/** Where each set is published, and what it looks like below the folder of the sets; for people who fetch it. */
export const origins: Readonly<Record<DataSetName, { readonly url: string; readonly files: string }>> = {
  petshop: {
    url: "https://github.com/amazon-science/petshop-root-cause-analysis",
    files:
      "`graph.csv`, `noissue/metrics.csv`, `<case>/{metrics.csv,target.json}`; `truth.json`: `{<case>: <component>}`",
  },
  sockshop: {
    url: "https://github.com/azamikram/rcd",
    files: "`<case>/{normal,anomalous}.csv[.gz]`; `truth.json`: `{<case>: {service, metric}}`",
  },
  nezha: {
    url: "https://github.com/IntelligentDDS/Nezha",
    files:
      "`<case>/{0,1,2}_{log,trace}.csv.gz` (the minute of the fault and two after), `<case>/case.json`: `{day, startedAt}`, `normal/<day>/`, `metric/<day>/`; `truth.json`: `{<case>: {service, type}}`",
  },
};

/** That a set is not at hand, where it comes from and where to put it. */
export function notAtHand(name: DataSetName): string {
  return `Not at hand, not counted: there is no ${name}/truth.json in the folder of the sets. Get it from ${origins[name].url}, lay it out as DIR/${name}/ with ${origins[name].files}, and say --data DIR or ${DATA_VARIABLE}=DIR.`;
}

const truthSchemas = {
  petshop: z.record(z.string(), z.string()),
  sockshop: z.record(z.string(), z.object({ service: z.string(), metric: z.string() })),
  nezha: z.record(z.string(), z.object({ service: z.string(), type: z.string() })),
} as const;

/** The set's cases, or null where it is not at hand: the sets are not part of the repository. */
export async function readDataSet(name: DataSetName, said?: string): Promise<DataSet | null> {
  const dir = join(dataRoot(said), name);
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
