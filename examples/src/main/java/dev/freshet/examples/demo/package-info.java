/** The demonstration: shop, shipping, and Freshet between them, live and then compared row by row. */
@NullMarked
package dev.freshet.examples.demo;

import org.jspecify.annotations.NullMarked;
