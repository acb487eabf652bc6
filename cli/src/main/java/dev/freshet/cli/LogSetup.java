package dev.freshet.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.freshet.server.config.LogConfig;
import dev.freshet.server.config.LogFormat;
import dev.freshet.server.config.LogLevel;
import java.time.Duration;
import org.slf4j.LoggerFactory;

/**
 * Sets Logback up, without a file: on the standard error stream, warnings only until {@link #apply} says otherwise. Found
 * by Logback as a service.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %logger{0} - %msg%n";
    private static final String LONG_PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0} - %msg%n";

    /** Called by Logback. */
    public LogSetup() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setPattern(PATTERN);
        install(context, encoder, Level.WARN);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Logs as the configuration says: Freshet at the level, libraries at warnings and above. */
    static void apply(LogConfig config) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        EncoderBase<ILoggingEvent> encoder;
        if (config.format() == LogFormat.JSON) {
            encoder = new JsonLogEncoder();
        } else {
            PatternLayoutEncoder text = new PatternLayoutEncoder();
            text.setPattern(LONG_PATTERN);
            encoder = text;
        }
        install(context, encoder, level(config.level()));
    }

    /**
     * Leaves out what Kafka's clients and direct publishers say of servers that are away, where these are killed on purpose and started
     * again. What else a publisher warns of is told: dead letters, events that are nowhere, a missing table or right.
     */
    static void expectKills() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger("org.apache.kafka.clients").setLevel(Level.ERROR);
            context.getLogger("dev.freshet.direct.Outages").setLevel(Level.ERROR);
        }
    }

    /** Leaves out a warning that says nothing to who looks at a demonstration, where all servers share a small machine. */
    static void leaveOutRetriedBatches() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.addTurboFilter(new RetriedBatchFilter());
        }
    }

    private static Level level(LogLevel level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
        };
    }

    private static void install(LoggerContext context, Encoder<ILoggingEvent> encoder, Level level) {
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.setLevel(level == Level.ERROR ? Level.ERROR : Level.WARN);
        root.addAppender(appender);
        context.getLogger("dev.freshet").setLevel(level);
        // "Not updating last stable offset for partition …": an answer that came after the partition was let go
        context.getLogger("org.apache.kafka.clients.consumer.internals.OffsetFetcherUtils")
                .setLevel(Level.ERROR);
        context.resetTurboFilterList();
        context.addTurboFilter(new InterruptedCloseFilter());
        context.addTurboFilter(new SeldomFilter("org.apache.kafka.clients.NetworkClient", Duration.ofSeconds(30)));
    }
}
