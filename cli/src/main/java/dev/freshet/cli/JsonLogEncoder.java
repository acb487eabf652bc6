package dev.freshet.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.freshet.model.json.JsonWriter;
import java.nio.charset.StandardCharsets;

/** A log line as a JSON object: {@code time}, {@code level}, {@code logger}, {@code thread}, {@code message}, {@code error}. */
final class JsonLogEncoder extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};

    @Override
    public byte[] headerBytes() {
        return NOTHING.clone();
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        JsonWriter out = new JsonWriter().beginObject();
        out.name("time").string(event.getInstant().toString());
        out.name("level").string(event.getLevel().toString());
        out.name("logger").string(event.getLoggerName());
        out.name("thread").string(event.getThreadName());
        out.name("message").string(event.getFormattedMessage());
        IThrowableProxy error = event.getThrowableProxy();
        if (error != null) {
            out.name("error").string(ThrowableProxyUtil.asString(error));
        }
        return (out.endObject() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING.clone();
    }
}
