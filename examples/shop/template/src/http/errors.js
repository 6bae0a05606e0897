/** An answer that is no failure of ours: the caller asked for something that is not there or not allowed. */
export class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.name = "HttpError";
    this.status = status;
  }
}

export function notFound(what, id) {
  return new HttpError(404, `${what} ${id} does not exist`);
}

export function badRequest(message) {
  return new HttpError(400, message);
}
