/** Tests of the demo. */
@NullMarked
package dev.freshet.examples.demo;

import org.jspecify.annotations.NullMarked;
