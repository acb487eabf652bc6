/** The relay's inside; may change in any release. */
@NullMarked
package dev.freshet.relay.internal;

import org.jspecify.annotations.NullMarked;
