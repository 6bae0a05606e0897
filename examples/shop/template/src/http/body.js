import { badRequest } from "./errors.js";

const bytesMax = 64 * 1024;

/** Reads the whole body as JSON. */
export async function readJson(request) {
  const chunks = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size > bytesMax) throw badRequest("the body is too large");
      chunks.push(chunk);
    }
  } catch (error) {
    if (error.code === "ECONNRESET") throw badRequest("the caller went away");
    throw error;
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw badRequest("the body is not JSON");
  }
}
