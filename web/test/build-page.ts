import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";

const webFolder = join(import.meta.dirname, "..");

/**
 * Builds the page as `npm run build -w web` does, into a new folder, and gives that folder to the caller to remove.
 * `web/dist` is left alone: a Culprit that runs beside the tests may serve it.
 */
export async function buildPage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-page-"));
  await build({
    root: webFolder,
    configFile: join(webFolder, "vite.config.ts"),
    logLevel: "error",
    build: { outDir: folder, emptyOutDir: true },
  });
  return folder;
}
