/**
 * The embedded servers as a JUnit extension. JUnit's API is an optional dependency of the module: tests that use this
 * package have it anyway.
 */
@NullMarked
package dev.freshet.embedded.junit;

import org.jspecify.annotations.NullMarked;
