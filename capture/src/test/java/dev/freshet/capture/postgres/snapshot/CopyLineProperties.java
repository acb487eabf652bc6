package dev.freshet.capture.postgres.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.capture.postgres.value.RowEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;

class CopyLineProperties {
    @Property
    void fields_comeBackUnescaped(
            @ForAll @LongRange(max = 4_294_967_294L) long page,
            @ForAll @IntRange(min = 1, max = 65_535) int offset,
            @ForAll("fields") List<@Nullable String> fields) {
        StringBuilder text = new StringBuilder("(" + page + "," + offset + ")");
        for (String field : fields) {
            text.append('\t').append(field == null ? "\\N" : escaped(field));
        }
        byte[] line = text.append('\n').toString().getBytes(StandardCharsets.UTF_8);

        CopyLine split = new CopyLine(fields.size());
        split.split(line);

        assertEquals(new Tid(page, offset), split.tid());
        List<@Nullable String> found = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            int count = split.count()[i];
            found.add(
                    count == RowEncoder.NULL ? null : new String(line, split.from()[i], count, StandardCharsets.UTF_8));
        }
        assertEquals(fields, found);
    }

    /** As the server does (copyto.c, CopyAttributeOutText). */
    private static String escaped(String field) {
        return field.replace("\\", "\\\\")
                .replace("\b", "\\b")
                .replace("\f", "\\f")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t")
                .replace("\u000b", "\\v");
    }

    @Provide
    Arbitrary<List<@Nullable String>> fields() {
        Arbitrary<String> plain =
                Arbitraries.strings().withChars("ab\\N\t\n\r\b\f\u000bé€").ofMaxLength(12);
        return plain.injectNull(0.2).list().ofMinSize(1).ofMaxSize(6);
    }
}
