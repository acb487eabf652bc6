package dev.freshet.simulation;

import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.simulation.Rules.Rule;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a relay that takes over sees of the ledger's records: what was written, or without a rule as if it were not there. */
final class RelayedLedger {
    private final Rules rules;

    RelayedLedger(Rules rules) {
        this.rules = rules;
    }

    byte @Nullable [] seen(SimLog.Rec record) {
        byte[] value = record.value();
        String key = String.valueOf(record.key());
        if (value != null && key.equals(LedgerKey.CURSOR) && !rules.hold(Rule.FIX_SNAPSHOT)) {
            return LedgerCodec.encode(unfixed(LedgerCodec.decodeCursor(value)));
        }
        return key.startsWith(LedgerKey.PARKED) && !rules.hold(Rule.PARK_IN_LEDGER) ? null : value;
    }

    private static Cursor unfixed(Cursor c) {
        Map<String, StreamEntry> streams = new HashMap<>(c.streams());
        streams.replaceAll((s, e) -> e.isOfEvents() && e.status() == StreamStatus.SNAPSHOTTING
                ? e.snapshotting(e.since(), SnapshotProgress.first())
                : e);
        return RuledLedger.with(c, c.write(), c.boundary(), c.atBoundary(), streams);
    }
}
