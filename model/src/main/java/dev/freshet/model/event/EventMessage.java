package dev.freshet.model.event;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as a message of the database's log: {@code pg_logical_emit_message(true, 'freshet.event', …)}.
 *
 * <p>The content is, in this order: a byte 1 (the format); 16 bytes of id; stream, type, content type, and key as texts; the
 * number of headers as 4 bytes, and of each name and value as texts; the payload to the end. A text is its length in bytes as
 * 4 bytes, most significant first, and UTF-8; the length -1 stands for null.
 */
public final class EventMessage {
    /** The prefix of such a message. */
    public static final String PREFIX = "freshet.event";

    private static final byte FORMAT = 1;
    private static final int NULL = -1;
    private static final int ID_BYTES = 16;

    private EventMessage() {}

    /** Returns the message's content. */
    public static byte[] encode(PublishedEvent event) {
        List<byte @Nullable []> texts = new ArrayList<>();
        texts.add(utf8(event.stream()));
        texts.add(utf8(event.type()));
        texts.add(utf8(event.contentType()));
        texts.add(event.key() == null ? null : utf8(event.key()));
        int fixed = texts.size();
        event.headers().forEach((name, value) -> {
            texts.add(utf8(name));
            texts.add(utf8(value));
        });
        int size = 1 + ID_BYTES + Integer.BYTES + event.payload().length;
        for (byte @Nullable [] text : texts) {
            size = Math.addExact(size, Integer.BYTES + (text == null ? 0 : text.length));
        }
        ByteBuffer out = ByteBuffer.allocate(size).put(FORMAT);
        out.putLong(event.id().getMostSignificantBits()).putLong(event.id().getLeastSignificantBits());
        texts.subList(0, fixed).forEach(text -> put(out, text));
        out.putInt(event.headers().size());
        texts.subList(fixed, texts.size()).forEach(text -> put(out, text));
        return out.put(event.payload()).array();
    }

    /**
     * Reads a message's content.
     *
     * @throws IllegalArgumentException if it is none, with what is wrong; its data is not told
     */
    public static PublishedEvent decode(byte[] content) {
        ByteBuffer in = ByteBuffer.wrap(content);
        try {
            byte format = in.get();
            if (format != FORMAT) {
                throw new IllegalArgumentException("its format is " + format + ", and this version knows " + FORMAT);
            }
            UUID id = new UUID(in.getLong(), in.getLong());
            String stream = required(in, "stream");
            String type = required(in, "type");
            String contentType = required(in, "content type");
            String key = text(in);
            int count = in.getInt();
            Map<String, String> headers = new LinkedHashMap<>();
            for (int i = 0; i < count; i++) {
                headers.put(required(in, "header's name"), required(in, "header's value"));
            }
            byte[] payload = new byte[in.remaining()];
            in.get(payload);
            return new PublishedEvent(id, stream, key, type, contentType, headers, payload);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("it ends too early, after " + content.length + " bytes", e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a text in it is not UTF-8", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void put(ByteBuffer out, byte @Nullable [] text) {
        if (text == null) {
            out.putInt(NULL);
        } else {
            out.putInt(text.length).put(text);
        }
    }

    private static String required(ByteBuffer in, String what) throws CharacterCodingException {
        String text = text(in);
        if (text == null) {
            throw new IllegalArgumentException("its " + what + " is null");
        }
        return text;
    }

    private static @Nullable String text(ByteBuffer in) throws CharacterCodingException {
        int length = in.getInt();
        if (length == NULL) {
            return null;
        }
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException(
                    "a text in it has the length " + length + ", and " + in.remaining() + " bytes are left");
        }
        ByteBuffer slice = in.slice(in.position(), length);
        in.position(in.position() + length);
        return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
    }
}
