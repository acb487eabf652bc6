/** The shop: a service that owns customers, orders and their lines, writes them as its customers do, and publishes events. */
@NullMarked
package dev.freshet.examples.shop;

import org.jspecify.annotations.NullMarked;
