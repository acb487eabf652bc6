/** Keeps the parts of a server going: each source's relay and each replica on its own, so that none stops another. */
@NullMarked
package dev.freshet.server.run;

import org.jspecify.annotations.NullMarked;
