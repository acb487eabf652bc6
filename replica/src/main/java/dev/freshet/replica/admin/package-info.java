/** Checks of a replica's configuration, and its removal, in the consumer's own PostgreSQL; beside the agents. */
@NullMarked
package dev.freshet.replica.admin;

import org.jspecify.annotations.NullMarked;
