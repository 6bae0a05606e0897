import { evictOldest } from "../../analysis/bounded/evict-oldest.ts";
import { type LabelledOrigin, originOfLabels } from "../../analysis/exposition/origin-of-labels.ts";

type Labels = Readonly<Record<string, string>>;

/** With their labels about 20 MB. */
const SERIES_MAX = 30_000;
/** A series with more than that is read anew each time. */
const KEY_CHARS_MAX = 1_000;

/**
 * Remembers series by their labels as they were sent: Prometheus sends the same ones every few seconds, and reading, placing and hashing them was two thirds
 * of what a point cost. What is remembered is frozen and the same object each time, so that others can remember what became of it.
 */
export class SeriesMemory {
  readonly #labels = new Map<string, Labels>();
  readonly #origins = new WeakMap<Labels, { readonly fallbackService: string; readonly origin: LabelledOrigin }>();

  /** The labels of which `key` is the text or the bytes; `read` reads them where they are not known. */
  labels(key: string, read: () => Labels): Labels {
    const known = this.#labels.get(key);
    if (known !== undefined) return known;
    const labels = read();
    if (key.length > KEY_CHARS_MAX) return labels;
    evictOldest(this.#labels, SERIES_MAX);
    this.#labels.set(key, Object.freeze(labels));
    return labels;
  }

  /** As `originOfLabels`. */
  origin(labels: Labels, fallbackService: string): LabelledOrigin {
    const known = this.#origins.get(labels);
    if (known !== undefined && known.fallbackService === fallbackService) return known.origin;
    const origin = originOfLabels(labels, fallbackService);
    if (Object.isFrozen(labels)) {
      Object.freeze(origin.labels);
      this.#origins.set(labels, { fallbackService, origin });
    }
    return origin;
  }
}
