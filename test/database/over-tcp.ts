import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { inject } from "vitest";

/** Makes a test's database, which listens on a Unix socket only, reachable by TCP as somebody's own would be. */
export async function overTcp(databaseUrl: string): Promise<{ readonly url: string; close(): void }> {
  const proxy = createServer((client) => {
    const server = connect(`${inject("databaseHost")}/.s.PGSQL.5432`);
    client.on("error", () => server.destroy()).pipe(server);
    server.on("error", () => client.destroy()).pipe(client);
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `postgresql://culprit@127.0.0.1:${port}/${new URL(databaseUrl).pathname.slice(1)}`,
    close: () => void proxy.close(),
  };
}
