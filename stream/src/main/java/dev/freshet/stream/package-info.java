/**
 * The shared reader of topics and ledger.
 */
@NullMarked
package dev.freshet.stream;

import org.jspecify.annotations.NullMarked;
