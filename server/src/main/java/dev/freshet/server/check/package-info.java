/** Asks the servers of a configuration whether it can run there, and changes nothing. */
@NullMarked
package dev.freshet.server.check;

import org.jspecify.annotations.NullMarked;
