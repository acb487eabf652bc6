/** Tests. */
@NullMarked
package dev.freshet.server.run;

import org.jspecify.annotations.NullMarked;
