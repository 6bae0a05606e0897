import { expect, test } from "vitest";
import { plainViewSql } from "./plain-view-sql.ts";

test("the same view reads the same with and without table names before its columns", () => {
  const of15 =
    " SELECT incidents.id,\n    p.name\n   FROM incidents\n     JOIN projects p ON p.id = incidents.project_id;";
  const of18 = " SELECT id,\n    name\n   FROM incidents\n     JOIN projects p ON id = project_id;";
  expect(plainViewSql(of15)).toBe(plainViewSql(of18));
});

test("names of schemas and functions stay", () => {
  expect(plainViewSql(" SELECT audit.name(incidents.id) AS name\n   FROM tracking.incidents;")).toBe(
    " SELECT audit.name(id) AS name\n   FROM tracking.incidents;",
  );
});
