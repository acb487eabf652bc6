/**
 * What a captured table looks like in the source's catalog: its columns, its key, its leaves. One place for log and
 * snapshot, so that both have the same columns in the same order.
 */
@NullMarked
package dev.freshet.capture.postgres.table;

import org.jspecify.annotations.NullMarked;
