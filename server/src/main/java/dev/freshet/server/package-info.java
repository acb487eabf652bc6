/**
 * Running pipelines from a YAML configuration.
 */
@NullMarked
package dev.freshet.server;

import org.jspecify.annotations.NullMarked;
