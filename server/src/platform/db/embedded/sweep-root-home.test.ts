import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ORIGIN_FILE, sweepRootHome } from "./sweep-root-home.ts";

const folder = await mkdtemp("/tmp/culprit-sweep-");
afterAll(() => rm(folder, { recursive: true, force: true }));

async function makeHome(name: string, origin: string | null): Promise<string> {
  const home = join(folder, "homes", name);
  await mkdir(join(home, "data"), { recursive: true });
  if (origin !== null) await writeFile(join(home, ORIGIN_FILE), origin);
  return home;
}

test("only a database whose data folder was temporary and is gone is removed", async () => {
  await mkdir(join(folder, "alive"));
  const gone = await makeHome("gone", join(folder, "gone/postgres"));
  const kept = [
    await makeHome("alive", join(folder, "alive/postgres")),
    await makeHome("elsewhere", "/srv/no-longer-mounted/culprit/postgres"),
    await makeHome("unknown", null),
  ];
  expect(await sweepRootHome(join(folder, "homes"))).toEqual([gone]);
  expect(existsSync(gone)).toBe(false);
  expect(kept.every(existsSync)).toBe(true);
});
