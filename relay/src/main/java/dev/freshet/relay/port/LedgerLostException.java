package dev.freshet.relay.port;

import dev.freshet.model.LossException;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import java.util.stream.Collectors;

/** The ledger is no longer the topic that was written to; what it said stands nowhere else. */
public class LedgerLostException extends LossException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param settings whose ledger it is
     * @param what what has become of the topic: a sentence without its full stop
     */
    public LedgerLostException(RelaySettings settings, String what) {
        super("The ledger '" + settings.ledger() + "' of source '" + settings.source() + "' is lost. " + what
                + ". Where its topics stand is known nowhere else, so that nothing more is written. To begin anew from the tables, stop the servers, run"
                + " 'freshet remove source " + settings.source()
                + "', delete the topics of its streams if they are still"
                + " there (" + topics(settings) + "), and start again");
    }

    private static String topics(RelaySettings settings) {
        return settings.streams().stream().map(StreamSettings::topic).collect(Collectors.joining(", "));
    }
}
