package dev.freshet.embedded.internal;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger at INFO that prints to standard output; see {@link KafkaLogProvider}. */
final class KafkaLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;

    KafkaLogger(String name) {
        this.name = name;
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
        return true;
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
