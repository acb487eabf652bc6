package dev.freshet.capture;

import dev.freshet.model.ConfigurationException;
import java.util.List;
import java.util.Map;

/** Says of which streams the tables cannot be captured, and why, where nothing else stands against the others. */
public final class CaptureRefusedException extends ConfigurationException {
    private static final long serialVersionUID = 1L;

    private final Map<String, String> reasons;

    /**
     * Creates it.
     *
     * @param problems every problem, a sentence each
     * @param reasons the same by stream, one a line
     */
    public CaptureRefusedException(List<String> problems, Map<String, String> reasons) {
        super(String.join("\n", problems));
        this.reasons = Map.copyOf(reasons);
    }

    /** Returns by stream why it cannot be captured. */
    public Map<String, String> reasons() {
        return reasons;
    }
}
