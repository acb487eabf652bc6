/**
 * The {@code freshet} command: {@link dev.freshet.cli.FreshetCommand} and its subcommands.
 *
 * <p>For people at a terminal and for scripts. Depends on {@code server} (and {@code examples} for the demo). Results go to
 * the standard output, logs and mistakes to the standard error stream; the exit codes are in {@link
 * dev.freshet.cli.ExitCodes}.
 */
@NullMarked
package dev.freshet.cli;

import org.jspecify.annotations.NullMarked;
