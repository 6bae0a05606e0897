import { expect, test } from "vitest";
import { stripHeader } from "./strip-header.ts";

test.each([
  ["2015-10-18 18:01:47,978 INFO [main] org.acme.MRAppMaster: Created it", "info", "Created it"],
  ["081109 203615 148 WARN dfs.DataNode$PacketResponder: Packet lost", "warn", "Packet lost"],
  ["Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure", null, "authentication failure"],
  ["[Sun Dec 04 04:47:44 2005] [error] child in error state", "error", "child in error state"],
  ["03-17 16:13:38.811  1702  2395 D WindowManager: printed", "debug", "printed"],
  ["20171223-22:15:29:606|Step|30002312|onStand 3579", null, "onStand 3579"],
  ["2026-11-21 10:00:00.000  INFO 12 --- [exec-1] c.e.OrderController      : created", "info", "created"],
  ["I0123 12:34:56.789123    1 leader.go:243] attempting to lead", "info", "attempting to lead"],
  ['time="2026-11-21T10:00:00Z" level=warning msg="late"', "warn", 'msg="late"'],
  ["Nov 21 10:00:00 web1 nginx: 2026/11/21 10:00:00 [crit] 12#12: connect() failed", "fatal", "connect() failed"],
  ['{"level":"error","msg":"no route","at":1}', "error", "no route"],
  ['{"log":"16:57:13.950 INFO  t.s.Travel#532 Route found\\n","stream":"stdout"}', "info", "Route found"],
])("of %s the message is left, and its level", (line, severity, text) => {
  expect(stripHeader(line)).toEqual({ text, severity });
});

test.each(["error: Received disconnect", "Notification: 2 (n.leader)", "10.0.0.1:80 close", "{not json", "", "   "])(
  "without a time at its head %j has no header",
  (line) => {
    expect(stripHeader(line)).toEqual({ text: line.trim(), severity: null });
  },
);
