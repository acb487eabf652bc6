/** The child JVM that a contender works in, and the talk between it and the measuring parent. */
@NullMarked
package dev.freshet.bench.process;

import org.jspecify.annotations.NullMarked;
