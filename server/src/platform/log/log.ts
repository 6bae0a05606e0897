import { pino } from "pino";

/** One wide event per unit of work: ids, counts and durations in ms as fields, one short sentence as message. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** JSON lines on standard error, so that standard output stays for answers. Known secret fields are never written. */
export function createLog(level: "debug" | "info" | "warn" | "error" | "silent"): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: [
        "authorization",
        "cookie",
        "key",
        "token",
        "password",
        "*.authorization",
        "*.cookie",
        "*.key",
        "*.token",
        "*.password",
      ],
      serializers: { err: pino.stdSerializers.err },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
