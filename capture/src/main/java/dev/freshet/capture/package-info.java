/**
 * Sources of ordered changes.
 */
@NullMarked
package dev.freshet.capture;

import org.jspecify.annotations.NullMarked;
