/** Tests of the shop. */
@NullMarked
package dev.freshet.examples.shop;

import org.jspecify.annotations.NullMarked;
