package dev.freshet.cli;

import dev.freshet.letters.Letter;
import dev.freshet.letters.LetterHead;
import dev.freshet.model.json.JsonWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Letters as JSON, for other programs. Belongs to one thread. */
final class LetterJson {
    private final JsonWriter json = new JsonWriter();

    /** Begins what {@code ls} prints. */
    void beginTopics() {
        json.beginObject().name("topics").beginArray();
    }

    /**
     * Adds a topic.
     *
     * @param of the source or replica whose letters they are
     * @param waiting how many letters wait
     * @param listed those that are listed
     */
    void topic(String of, String topic, int waiting, List<LetterHead> listed) {
        json.beginObject().name("of").string(of).name("topic").string(topic);
        json.name("waiting").number(waiting).name("letters").beginArray();
        for (LetterHead head : listed) {
            json.beginObject();
            head(head);
            json.endObject();
        }
        json.endArray().endObject();
    }

    /** Ends what {@code ls} prints. */
    String endTopics() {
        return json.endArray().endObject().toString();
    }

    /**
     * Returns what {@code show} prints.
     *
     * @param withContent whether its content is to be in it
     */
    static String of(Letter letter, boolean withContent) {
        LetterJson out = new LetterJson();
        out.json.beginObject();
        out.head(letter.head());
        out.json.name("headers").beginArray();
        for (Letter.Header header : letter.headers()) {
            out.json.beginObject().name("name").string(header.name());
            out.text("value", header.value() == null ? null : header.text());
            out.json.endObject();
        }
        out.json.endArray();
        byte[] value = letter.value();
        if (withContent && value != null) {
            out.content(value);
        }
        return out.json.endObject().toString();
    }

    private void head(LetterHead head) {
        json.name("letter").string(head.place().toString());
        json.name("first").string(head.origin().toString());
        json.name("stream").string(head.stream());
        text("key", head.key() == null ? null : head.keyText());
        json.name("id").string(head.id()).name("type").string(head.type());
        json.name("error").string(head.error()).name("reason").string(head.reason());
        json.name("written").string(head.writtenAt().toString());
        json.name("bytes").number(head.bytes());
    }

    private void content(byte[] value) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
            json.name("content").string(text);
        } catch (CharacterCodingException e) {
            // bytes that are no text
            json.name("contentBase64").string(Base64.getEncoder().encodeToString(value));
        }
    }

    private void text(String name, @Nullable String value) {
        json.name(name);
        if (value == null) {
            json.nullValue();
        } else {
            json.string(value);
        }
    }
}
