/**
 * Tokens and freshness over the JDBC connection of a service.
 */
@NullMarked
package dev.freshet.client;

import org.jspecify.annotations.NullMarked;
