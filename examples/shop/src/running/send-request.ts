import { Agent, request } from "node:http";
import type { ShopRequest } from "../generate/faults/fault.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Sends one request of the script and resolves to its status, or to null where the caller went away or got no answer. */
export function sendRequest(baseUrl: string, shopRequest: ShopRequest): Promise<number | null> {
  const { method, path, body, isAborted } = shopRequest;
  const text = body === undefined ? null : JSON.stringify(body);
  const headers =
    text === null ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  return new Promise((resolve) => {
    const call = request(new URL(path, baseUrl), { method, headers, agent }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? null));
      response.once("error", () => resolve(null));
    });
    call.once("error", () => resolve(null));
    if (isAborted) {
      // Half of the body (or the bare head of a GET) goes out, then the connection is gone.
      if (text === null) call.end();
      else call.write(text.slice(0, text.length / 2));
      setTimeout(() => call.destroy(), 2);
    } else call.end(text ?? undefined);
  });
}
