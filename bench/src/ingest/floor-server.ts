import { createServer } from "node:http";

/**
 * The floor: an HTTP server of the same Node that reads the body, answers 200 and does nothing else. What it takes is
 * what HTTP and the load generator cost on this machine; port 0 prints the one that was taken.
 */
const server = createServer((request, response) => {
  request.resume().once("end", () => response.writeHead(200, { "content-type": "application/json" }).end('{"id":""}'));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.send?.(address.port);
});
