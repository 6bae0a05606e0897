import { z } from "zod";

// Imported before any schema: zod would otherwise probe for `eval`, which the content security policy forbids and the
// browser reports as a violation on every load.
z.config({ jitless: true });
