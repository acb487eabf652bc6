package dev.freshet.relay.internal;

import dev.freshet.letters.ReadableLetters;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;

/** Opens what dead letters are dealt with by, anew for each attempt. */
public interface LetterPorts {
    /** Opens the topics. */
    TopicStore openStore();

    /** Opens a writer that may not write before it has fenced the others. */
    TopicWriter openWriter();

    /** Opens the source's dead letters. */
    ReadableLetters openLetters();
}
