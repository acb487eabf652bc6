/**
 * Measurements against limits and peers.
 */
@NullMarked
package dev.freshet.bench;

import org.jspecify.annotations.NullMarked;
