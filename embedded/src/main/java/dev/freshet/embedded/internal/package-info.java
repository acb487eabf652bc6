/**
 * How the servers are unpacked, started, watched and ended. Nothing here is for users of the module, and it may change
 * with every version; it is public only as far as the child processes and the root package need it.
 */
@NullMarked
package dev.freshet.embedded.internal;

import org.jspecify.annotations.NullMarked;
