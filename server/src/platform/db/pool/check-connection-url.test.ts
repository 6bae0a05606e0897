import { expect, test } from "vitest";
import { checkConnectionUrl } from "./check-connection-url.ts";

test.each([
  "postgresql://u:p@db.example.com/culprit",
  "postgresql://u:p@db.example.com/culprit?sslmode=disable",
  "postgresql://u:p@db.example.com/culprit?sslmode=no-verify",
  "postgresql://u:p@10.0.0.7:6432/culprit",
  "postgresql://u:p@localhost.example.com/culprit",
  "postgresql:///culprit?host=db.example.com&user=u",
  "postgresql://u:p@localhost/culprit?host=db.example.com",
])("%s is refused without verified TLS, and the password is not repeated", (url) => {
  const attempt = () => checkConnectionUrl(url, false);
  expect(attempt).toThrow(expect.objectContaining({ code: "INSECURE_DATABASE" }));
  expect(attempt).not.toThrow(/u:p@/);
});

test.each([
  "postgresql://u:p@db.example.com/culprit?sslmode=verify-full",
  "postgres://u:p@db.example.com/culprit?sslmode=require",
  "postgresql://u:p@db.example.com/culprit?ssl=true",
  "postgresql://u:p@localhost/culprit",
  "postgresql://u:p@127.0.0.1:5433/culprit",
  "postgresql://u:p@[::1]/culprit",
  "postgresql:///culprit?host=/var/run/postgresql&user=u",
])("%s is accepted", (url) => {
  expect(checkConnectionUrl(url, false)).toMatchObject({ database: "culprit", user: "u" });
});

test.each(["sslmode=require", "sslmode=require&uselibpqcompat=true", "sslmode=prefer"])(
  "TLS with %s verifies the certificate and its name",
  (parameters) => {
    const { ssl } = checkConnectionUrl(`postgresql://u:p@db.example.com/culprit?${parameters}`, false);
    expect(ssl).toEqual({});
  },
);

test("allowInsecure lets a remote host in without TLS", () => {
  expect(checkConnectionUrl("postgresql://u:p@db.example.com/culprit", true)).toMatchObject({ host: "db.example.com" });
});

test.each(["mysql://u:secret@localhost/x", "culprit", "postgresql://u:secret@ho st:port/%zz"])(
  "%s is no PostgreSQL URL, and the message does not repeat it",
  (url) => {
    const attempt = () => checkConnectionUrl(url, false);
    expect(attempt).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(attempt).not.toThrow(/secret/);
  },
);
