import { connect, type Socket } from "node:net";

const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** What came of one request: the status, or 0 when the connection broke before the answer. */
export type OnAnswer = (status: number) => void;

/**
 * One HTTP/1.1 connection that stays open, without a library, so that the load costs little beside what it measures.
 * Takes one request at a time; connects again by itself with the next one when the server closed it.
 */
export class Connection {
  readonly #port: number;
  readonly #timeoutMs: number;
  #socket: Socket | null = null;
  #received: Buffer | null = null;
  #onAnswer: OnAnswer | null = null;

  constructor(port: number, timeoutMs = 30_000) {
    this.#port = port;
    this.#timeoutMs = timeoutMs;
  }

  send(request: Buffer, onAnswer: OnAnswer): void {
    if (this.#onAnswer !== null) throw new Error("the connection still waits for an answer");
    this.#onAnswer = onAnswer;
    this.#socket ??= this.#connect();
    this.#socket.write(request);
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #connect(): Socket {
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    this.#received = null;
    socket.setTimeout(this.#timeoutMs, () => {
      if (this.#onAnswer !== null) socket.destroy();
    });
    socket.on("error", () => {});
    socket.on("data", (chunk) => this.#read(socket, chunk));
    socket.once("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#answer(0);
    });
    return socket;
  }

  #read(socket: Socket, chunk: Buffer): void {
    const bytes = this.#received === null ? chunk : Buffer.concat([this.#received, chunk]);
    const endOfHead = bytes.indexOf(END_OF_HEAD);
    if (endOfHead === -1) {
      this.#received = bytes;
      return;
    }
    const head = bytes.toString("latin1", 0, endOfHead).toLowerCase();
    const length = Number(/\r\ncontent-length: *(\d+)/.exec(head)?.[1] ?? 0);
    if (bytes.length < endOfHead + END_OF_HEAD.length + length) {
      this.#received = bytes;
      return;
    }
    this.#received = null;
    if (head.includes("\r\nconnection: close")) {
      this.#socket = null;
      socket.destroy();
    }
    this.#answer(Number(head.slice(9, 12)));
  }

  #answer(status: number): void {
    const onAnswer = this.#onAnswer;
    this.#onAnswer = null;
    onAnswer?.(status);
  }
}
