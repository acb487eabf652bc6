package dev.freshet.server.config;

import dev.freshet.model.JdbcUrl;
import dev.freshet.relay.EventSettings;
import dev.freshet.relay.LossPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A database whose tables are captured.
 *
 * @param name its name in the file
 * @param type how it is captured
 * @param url where it is
 * @param user the role to log in as
 * @param password its password, or null for none
 * @param slot the replication slot
 * @param publication the publication
 * @param ledger the ledger topic
 * @param events where its events are, and what becomes of those that cannot be sent
 * @param pollInterval how long an idle relay waits at most between two looks into a polled table
 * @param maxRetainedWalBytes above how many bytes held back by the slot an alarm is raised
 * @param onLoss what happens when changes cannot be had any more
 * @param limits batches, intervals and time-outs, by the settings of {@link SourceLimits}
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
        EventSettings events,
        Duration pollInterval,
        long maxRetainedWalBytes,
        LossPolicy onLoss,
        Limits limits) {}
