package dev.freshet.relay;

import dev.freshet.outbox.SqlOutbox;

/** Events by messages in the log. */
class WalMessagesPublicationTest extends DeadLetterSuite {
    @Override
    SqlOutbox outbox() {
        return SqlOutbox.walMessages().build();
    }

    @Override
    RelaySettings.Builder relayed(RelaySettings.Builder builder) {
        return builder;
    }
}
