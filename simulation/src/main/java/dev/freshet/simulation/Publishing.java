package dev.freshet.simulation;

/** Whether the source of a schedule publishes events. */
enum Publishing {
    /** It does not. */
    NONE(""),
    /** It does, and its relays take them from the beginning on. */
    FIRST("events"),
    /** It does, and its relays take them once an operator has told them to. */
    LATER("events-later");

    private final String text;

    Publishing(String text) {
        this.text = text;
    }

    /** Returns the word of the schedule's text; empty if there is none. */
    String text() {
        return text;
    }
}
