/** The other side sends more than anybody asked for. */
export class AnswerTooLong extends Error {}

/** A `fetch` that gives up on an answer of more bytes than this: an endless one would fill the memory long before its time is over. */
export function limitedFetch(bytesMax: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: "error" });
    if (response.body === null) return response;
    let bytes = 0;
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytes += chunk.byteLength;
          if (bytes > bytesMax) controller.error(new AnswerTooLong(`The answer is longer than ${bytesMax} bytes.`));
          else controller.enqueue(chunk);
        },
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(counted, { status, statusText, headers });
  };
}
