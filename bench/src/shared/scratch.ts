import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A data folder that `remove` takes away wholly, also what Culprit put elsewhere and linked to. */
export interface DataFolder {
  readonly path: string;
  remove(): void;
}

/** A new folder below the system's temporary one. Everybody may enter it: as root, PostgreSQL runs as another user. */
export function makeDataFolder(): DataFolder {
  const base = mkdtempSync(join(tmpdir(), "culprit-bench-"));
  chmodSync(base, 0o755);
  const path = join(base, "data");
  return {
    path,
    remove() {
      const linked = join(path, "postgres");
      if (existsSync(linked)) rmSync(realpathSync(linked), { recursive: true, force: true });
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** A port of the loopback address that was free a moment ago. */
export function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
  });
  return promise;
}
