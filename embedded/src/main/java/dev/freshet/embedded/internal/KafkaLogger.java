package dev.freshet.embedded.internal;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger at INFO, noisy classes at WARN, that prints to standard output; see {@link KafkaLogProvider}. */
final class KafkaLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;

    // pages of settings and counters' comings and goings, which would push what matters out of a log's end
    private static final List<String> NOISY = List.of(
            "org.apache.kafka.common.config.",
            "org.apache.kafka.common.metrics.",
            "org.apache.kafka.server.quota.",
            "kafka.server.KafkaConfig");

    private final boolean quiet;

    KafkaLogger(String name) {
        this.name = name;
        this.quiet = NOISY.stream().anyMatch(name::startsWith);
    }

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public boolean isDebugEnabled() {
        return false;
    }

    @Override
    public boolean isInfoEnabled() {
        return !quiet;
    }

    @Override
    public boolean isWarnEnabled() {
        return true;
    }

    @Override
    public boolean isErrorEnabled() {
        return true;
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable throwable) {
        String text = MessageFormatter.basicArrayFormat(pattern, arguments);
        StringWriter line = new StringWriter();
        line.append(Instant.now() + " " + level + " " + text + " (" + name + ")");
        if (throwable != null) {
            line.append(System.lineSeparator());
            throwable.printStackTrace(new PrintWriter(line));
        }
        System.out.println(line.toString().stripTrailing());
    }
}
