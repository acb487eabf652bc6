/**
 * Changes to topics and ledger, exactly once.
 */
@NullMarked
package dev.freshet.relay;

import org.jspecify.annotations.NullMarked;
