/**
 * The configuration file: {@link dev.freshet.server.config.ConfigurationFile} reads a {@code freshet.yaml} and either
 * gives a {@link dev.freshet.server.config.Configuration} or every mistake in it. Each setting is declared once, in
 * {@link dev.freshet.server.config.Sections}; reading, messages and the reference document come from the declaration.
 *
 * <p>For the server, the command line and programs that run Freshet from a file. Everything here is immutable or used by
 * one thread.
 */
@NullMarked
package dev.freshet.server.config;

import org.jspecify.annotations.NullMarked;
