/**
 * A shop of several services.
 */
@NullMarked
package dev.freshet.examples;

import org.jspecify.annotations.NullMarked;
