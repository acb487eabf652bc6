/** Status, health and metrics over HTTP. */
@NullMarked
package dev.freshet.server.http;

import org.jspecify.annotations.NullMarked;
