package dev.freshet.server.config;

/** A value that must not be seen: its text form hides it, only {@link #reveal()} gives it. */
public final class Secret {
    /** What is shown in a secret's place. */
    public static final String HIDDEN = "(hidden)";

    private final String value;

    /**
     * Creates a secret.
     *
     * @param value what is to be hidden; may be empty
     */
    public Secret(String value) {
        this.value = value;
    }

    /** Returns the value, for the call that needs it; never for a message. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret s && s.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return HIDDEN;
    }
}
