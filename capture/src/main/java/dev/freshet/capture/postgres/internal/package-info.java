/** What pgjdbc must be able to instantiate by name, and nobody else should touch. */
@NullMarked
package dev.freshet.capture.postgres.internal;

import org.jspecify.annotations.NullMarked;
