const headBytesMax = 24 * 1024;
const tailBytesMax = 40 * 1024;

/** Keeps the beginning and the end of a text of any length, in bounded memory. */
export class BoundedLog {
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer = Buffer.alloc(0);
  #skippedBytes = 0;

  add(chunk: Buffer): void {
    const room = headBytesMax - this.#headBytes;
    const first = chunk.subarray(0, Math.max(0, room));
    if (first.length > 0) {
      this.#head.push(first);
      this.#headBytes += first.length;
    }
    const rest = chunk.subarray(first.length);
    if (rest.length === 0) return;
    const joined = Buffer.concat([this.#tail, rest]);
    const excess = Math.max(0, joined.length - tailBytesMax);
    this.#skippedBytes += excess;
    this.#tail = joined.subarray(excess);
  }

  /** The text without control characters that a terminal or a database would stumble over. */
  text(): string {
    const skipped = this.#skippedBytes > 0 ? `\n… ${this.#skippedBytes} bytes left out …\n` : "";
    const text = Buffer.concat(this.#head).toString("utf8") + skipped + this.#tail.toString("utf8");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
    return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
  }
}
