import { request } from "node:http";

/** Talks to the payment provider. */
export function createPayments({ url, timeoutMs }) {
  return {
    async charge(orderId, cents, currency) {
      const reply = await post(`${url}/charges`, { orderId, cents, currency }, timeoutMs);
      return parseReceipt(reply);
    },
  };
}

/** The provider's receipt, or an error that says what it answered. */
export function parseReceipt(reply) {
  if (reply.status >= 500) throw new Error(`payment provider answered ${reply.status}`);
  const receipt = JSON.parse(reply.text);
  return { receiptId: receipt.id, paidCents: receipt.cents };
}

function post(url, body, timeoutMs) {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", headers: headersOf(body), timeout: timeoutMs }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    call.on("timeout", () => call.destroy(new Error(`payment provider gave no answer in ${timeoutMs} ms`)));
    call.on("error", (cause) => reject(new Error(`payment provider can't be reached: ${cause.message}`, { cause })));
    call.end(JSON.stringify(body));
  });
}

function headersOf(body) {
  return { "content-type": "application/json", "content-length": Buffer.byteLength(JSON.stringify(body)) };
}
