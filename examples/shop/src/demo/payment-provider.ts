import { createServer } from "node:http";
import type { Outage } from "../generate/faults/outages.ts";

export interface PaymentProvider {
  readonly url: string;
  /** From now on it fails in this way. */
  readonly fail: (kind: Outage["id"]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts the shop's payment provider, a service that belongs to somebody else. */
export async function startPaymentProvider(): Promise<PaymentProvider> {
  let failure: Outage["id"] | null = null;
  let count = 0;
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      if (failure === "unavailable") return response.writeHead(503).end("try later");
      if (failure === "error-page") return response.writeHead(200).end("<html><h1>Something went wrong</h1></html>");
      count += 1;
      const { cents } = JSON.parse(text) as { cents: number };
      response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify({ id: `r-${count}`, cents }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("the payment provider has no port");
  const stop = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return {
    url: `http://127.0.0.1:${address.port}`,
    fail: async (kind) => {
      failure = kind;
      if (kind === "refused") await stop();
    },
    stop,
  };
}
