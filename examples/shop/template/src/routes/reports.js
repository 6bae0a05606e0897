import { badRequest } from "../http/errors.js";
import { dailyReport } from "../reports/daily.js";

export function addReportRoutes(router, context) {
  router.add("GET", "/reports/daily", ({ query }) => {
    const day = query.get("day") ?? "";
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw badRequest("day must look like 2026-01-31");
    return dailyReport(day, context);
  });
}
