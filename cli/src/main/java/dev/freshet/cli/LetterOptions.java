package dev.freshet.cli;

import dev.freshet.letters.LetterFilter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Which letters a command means. */
final class LetterOptions {
    @Parameters(
            arity = "0..*",
            paramLabel = "LETTER",
            description = "Letters, each by its place, such as 0-17, or by its ce_id.")
    private Set<String> letters = Set.of();

    @Option(
            names = "--stream",
            paramLabel = "NAME",
            description = "Those for a stream; may be repeated, as all of these.")
    private Set<String> streams = Set.of();

    @Option(names = "--key", paramLabel = "KEY", description = "Those of a key.")
    private Set<String> keys = Set.of();

    @Option(names = "--type", paramLabel = "TYPE", description = "Those of an event type.")
    private Set<String> types = Set.of();

    @Option(names = "--error", paramLabel = "ERROR", description = "Those with an error, as `ls` names it.")
    private Set<String> errors = Set.of();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "Those written at a time or later, such as 2026-01-31T10:00:00Z.")
    private @Nullable Instant since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "Those written before a time.")
    private @Nullable Instant until;

    /** Reads a time, and says how one is written. */
    static final class TimeConverter implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String value) {
            try {
                return Instant.parse(value);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException(
                        "expected a time in UTC such as 2026-01-31T10:00:00Z, but was '" + value + "'");
            }
        }
    }

    LetterFilter filter() {
        return new LetterFilter(letters, streams, keys, types, errors, since, until);
    }
}
