/** The rows that are measured with, how they are written, and how topics and copies of them are watched and checked. */
@NullMarked
package dev.freshet.bench.load;

import org.jspecify.annotations.NullMarked;
