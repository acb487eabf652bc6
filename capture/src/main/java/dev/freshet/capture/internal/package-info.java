/**
 * What the adapters of several databases share; not for others. A queue may be used by two threads, a session belongs to one.
 */
@NullMarked
package dev.freshet.capture.internal;

import org.jspecify.annotations.NullMarked;
