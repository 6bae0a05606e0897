import { createServer } from "node:http";
import { createApp } from "./app.js";
import { loadConfig } from "./config.js";
import { loadStore } from "./data/load-store.js"; // @data
import { createPayments } from "./payments/client.js"; // @payments

const config = loadConfig();
const context = {
  config,
  store: loadStore(), // @data
  payments: createPayments(config.payments), // @payments
};
const app = createApp(context);
const server = createServer((request, response) => app.handle(request, response));

server.listen(config.port, "127.0.0.1", () => {
  console.log(JSON.stringify({ listening: server.address().port }));
});

process.on("SIGTERM", () => {
  server.close();
  server.closeIdleConnections();
});
