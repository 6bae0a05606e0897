/** Woken by it: whoever asks triggers about new events. The payload is the project's id. */
export const EVENTS_CHANNEL = "culprit_events";

/** A payload over this is refused: its event is stored with the reason, and no trigger is asked. As JSON in UTF-8. */
export const PAYLOAD_BYTES_MAX = 1_048_576;

/** How much of a refused payload is kept, to tell what it was. */
export const REFUSED_KEPT_CHARACTERS = 2_000;
