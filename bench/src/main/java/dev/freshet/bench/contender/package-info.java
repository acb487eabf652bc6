/** What is measured: the limits, the peers and Freshet, each a small program. */
@NullMarked
package dev.freshet.bench.contender;

import org.jspecify.annotations.NullMarked;
