/** The shop: a service that owns customers, orders and their lines, and writes them as its customers do. */
@NullMarked
package dev.freshet.examples.shop;

import org.jspecify.annotations.NullMarked;
