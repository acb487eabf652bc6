/** What sources share. */
@NullMarked
package dev.freshet.capture.internal;

import org.jspecify.annotations.NullMarked;
