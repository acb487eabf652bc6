/**
 * Reading and writing JSON (RFC 8259) on the hot path: bytes to bytes, numbers keep their digits, no objects in between.
 */
@NullMarked
package dev.freshet.model.json;

import org.jspecify.annotations.NullMarked;
