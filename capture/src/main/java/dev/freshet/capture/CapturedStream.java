package dev.freshet.capture;

import dev.freshet.model.ledger.SchemaRecord;

/**
 * A stream that the source agreed to capture.
 *
 * @param capture what was asked for
 * @param schema its shape now
 * @param catalog the catalog entry under which it is captured, as text; see {@link Source#sample}
 */
public record CapturedStream(TableCapture capture, SchemaRecord schema, String catalog) {}
