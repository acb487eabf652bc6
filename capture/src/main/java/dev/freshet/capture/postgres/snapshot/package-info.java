/**
 * Reads tables beside the log in windows of physical locations: {@link
 * dev.freshet.capture.postgres.snapshot.PostgresSnapshotReader}, whose implementation note says why that is right.
 */
@NullMarked
package dev.freshet.capture.postgres.snapshot;

import org.jspecify.annotations.NullMarked;
