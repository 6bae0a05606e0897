import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PaymentProvider, startPaymentProvider } from "../../demo/payment-provider.ts";
import { checkoutRevision } from "../../running/checkout-revision.ts";
import { installDependencies } from "../../running/install-dependencies.ts";
import { sendRequest } from "../../running/send-request.ts";
import { startShop } from "../../running/start-shop.ts";
import { releaseFaults } from "../episode.ts";
import { generateShop, type Truth } from "../generate-shop.ts";
import { dependencyFaults } from "./dependencies.ts";
import type { ShopRequest } from "./fault.ts";

let folder: string;
let payments: PaymentProvider;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shop-faults-"));
  payments = await startPaymentProvider();
});
afterAll(async () => {
  await payments.stop();
  await rm(folder, { recursive: true, force: true });
});

async function generate(caseName: "bad-release" | "config" | "dependency" | "healthy", seed: number) {
  const place = await mkdtemp(join(folder, "shop-"));
  const truthFile = join(place, "truth", "truth.json");
  const shop = await generateShop({ caseName, seed, repository: join(place, "shop.git"), truthFile, now: new Date() });
  const truth = JSON.parse(await readFile(truthFile, "utf8")) as Truth;
  const checkout = async (commit: string) => {
    const target = join(place, commit.slice(0, 12));
    await checkoutRevision(shop.repository, commit, target);
    await installDependencies(target);
    return target;
  };
  return { shop, truth, checkout };
}

/** The statuses that a revision gives to requests, in their order. */
async function statusesOf(
  target: string,
  requests: readonly ShopRequest[],
  settings: Readonly<Record<string, string>> = {},
): Promise<(number | null)[]> {
  const shop = await startShop({ folder: target, environment: { SHOP_PAYMENTS_URL: payments.url, ...settings } });
  try {
    const statuses: (number | null)[] = [];
    for (const request of requests) statuses.push(await sendRequest(shop.url, request));
    return statuses;
  } finally {
    await shop.stop();
  }
}

const runTests = (target: string) => promisify(execFile)(process.execPath, ["--test"], { cwd: target });
const all = (requests: readonly ShopRequest[], status: number) => requests.map(() => status);

test.each([
  ...releaseFaults.map((fault, seed) => ({ caseName: "bad-release" as const, seed, id: fault.id })),
  ...[0, 2, 4, 6].map((seed) => ({ caseName: "config" as const, seed, id: "in the repository" })),
  ...dependencyFaults.map((fault, seed) => ({ caseName: "dependency" as const, seed, id: fault.id })),
])("$caseName $id: good before the culprit, 500 from it on, and the shop's own tests do not notice", async (which) => {
  const { truth, shop, checkout } = await generate(which.caseName, which.seed);
  const requests = truth.failing_requests;
  const [guilty, before] = await Promise.all([
    checkout(truth.culprit_commit ?? ""),
    checkout(shop.deployments[1].commit),
  ]);
  const [, after, earlier] = await Promise.all([
    runTests(guilty),
    statusesOf(guilty, requests),
    statusesOf(before, requests),
  ]);
  expect(after).toEqual(all(requests, 500));
  expect(earlier.every((status) => status === 200 || status === 201)).toBe(true);
});

test("a setting from outside breaks the deployed revision, which is good without it", async () => {
  const { truth, shop, checkout } = await generate("config", 1);
  const target = await checkout(shop.deployments[2].commit);
  const { variable, newValue } = shop.setting ?? { variable: "", newValue: "" };
  expect(await statusesOf(target, truth.failing_requests)).toEqual(all(truth.failing_requests, 200));
  const changed = await statusesOf(target, truth.failing_requests, { [variable]: newValue });
  expect(changed).toEqual(all(truth.failing_requests, 500));
});

test.each([11])(
  "every deployed revision of a healthy shop (seed %i) passes its tests and serves everything",
  async (seed) => {
    const { shop, checkout } = await generate("healthy", seed);
    for (const { commit } of shop.deployments) {
      const target = await checkout(commit);
      await runTests(target);
      const statuses = await statusesOf(target, [...shop.requests, ...shop.mistakes]);
      const [good, refused] = [statuses.slice(0, shop.requests.length), statuses.slice(shop.requests.length)];
      expect(good.filter((status) => status === null || status >= 400)).toEqual([]);
      expect(refused.filter((status) => status === null || status < 400 || status > 499)).toEqual([]);
    }
  },
);
