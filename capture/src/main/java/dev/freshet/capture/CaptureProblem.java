package dev.freshet.capture;

import java.util.Optional;

/**
 * Something that stands against capturing tables.
 *
 * @param stream the stream that it concerns; empty where it concerns the whole source
 * @param sentence what is wrong, and the way out
 */
public record CaptureProblem(Optional<String> stream, String sentence) {}
