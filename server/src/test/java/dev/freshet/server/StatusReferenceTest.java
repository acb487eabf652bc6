package dev.freshet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.server.ServerStatus.ReplicaStatus;
import dev.freshet.server.ServerStatus.Snapshot;
import dev.freshet.server.ServerStatus.SourceStatus;
import dev.freshet.server.ServerStatus.StreamStatus;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reference of the status names each of its fields, in order. */
class StatusReferenceTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "reference", "status.md");
    private static final Pattern NAME = Pattern.compile("`([A-Za-z.]+)`");

    @Test
    void everyField_isInTheReference() throws IOException {
        List<String> expected = new ArrayList<>();
        for (Class<?> section :
                List.of(ServerStatus.class, SourceStatus.class, StreamStatus.class, ReplicaStatus.class)) {
            for (RecordComponent c : section.getRecordComponents()) {
                expected.add(c.getName());
                if (c.getType().equals(Snapshot.class)) {
                    Stream.of(Snapshot.class.getRecordComponents())
                            .forEach(s -> expected.add(c.getName() + '.' + s.getName()));
                }
            }
        }
        List<String> documented = Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|")[1])
                .flatMap(cell -> NAME.matcher(cell).results().map(MatchResult::group))
                .map(name -> name.substring(1, name.length() - 1))
                .toList();
        assertEquals(expected, documented);
    }
}
