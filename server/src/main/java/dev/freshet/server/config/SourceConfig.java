package dev.freshet.server.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A database whose tables are captured.
 *
 * @param name its name in the file
 * @param type what it is
 * @param url where it is
 * @param user the role to log in as
 * @param password its password, or null for none
 * @param slot the replication slot
 * @param publication the publication
 * @param ledger the ledger topic
 * @param heartbeat how often an idle database gets a message into its log
 * @param statusInterval how often the server hears what is durable
 * @param maxRetainedWalBytes above how many bytes held back by the slot an alarm is raised
 */
public record SourceConfig(
        String name,
        SourceType type,
        JdbcUrl url,
        String user,
        @Nullable Secret password,
        String slot,
        String publication,
        String ledger,
        Duration heartbeat,
        Duration statusInterval,
        long maxRetainedWalBytes) {}
