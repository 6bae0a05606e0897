/**
 * Whether a metric may be evidence of a service. Buckets of histograms say what the quantiles and sums beside them say, at ten times the price. How a page was
 * scraped (`scrape_*`, as Prometheus names it) and what Culprit took in tell of the collection, which begins and ends by itself; of it only `up` tells of the
 * service, and only its fall.
 */
export function isWorthReading(metric: string): boolean {
  return !metric.endsWith("_bucket") && !metric.startsWith("scrape_") && !metric.startsWith("culprit.telemetry.");
}
