/** Tests of the configuration file. */
@NullMarked
package dev.freshet.server.config;

import org.jspecify.annotations.NullMarked;
