/**
 * Running pipelines from a YAML configuration: {@link dev.freshet.server.Server} starts what a {@link
 * dev.freshet.server.config.Configuration} says, keeps it going, and tells its {@link dev.freshet.server.ServerStatus},
 * also over HTTP.
 *
 * <p>For the command line, and for programs that run Freshet as it would run by itself; it adds nothing to the modules below
 * but configuration, supervision and HTTP. May depend on all of them. {@code run} keeps the parts going, {@code http} serves
 * status, health and metrics, {@code check} asks servers whether a configuration can run.
 */
@NullMarked
package dev.freshet.server;

import org.jspecify.annotations.NullMarked;
