package dev.freshet.server.config;

import java.time.Duration;

/**
 * Where status, health and metrics are served.
 *
 * @param host the address to listen at
 * @param port the port; 0 for a free one
 * @param liveLimit after how long without a return from work the process counts as not live
 */
public record HttpConfig(String host, int port, Duration liveLimit) {}
