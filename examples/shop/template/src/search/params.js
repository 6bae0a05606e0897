const sortKeys = ["name", "price", "newest"];

function pageOf(text) {
  const page = Number.parseInt(text ?? "1", 10);
  return Number.isInteger(page) && page > 0 ? page : 1;
}

/** The search that a query string asks for; what makes no sense becomes the default. */
export function searchParams(query) {
  const sort = query.get("sort");
  return {
    text: (query.get("q") ?? "").trim().toLowerCase(),
    category: query.get("category"),
    page: pageOf(query.get("page")),
    sort: sortKeys.includes(sort) ? sort : "name",
  };
}
