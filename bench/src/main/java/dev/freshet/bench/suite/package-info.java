/** The cases of the three commands. */
@NullMarked
package dev.freshet.bench.suite;

import org.jspecify.annotations.NullMarked;
