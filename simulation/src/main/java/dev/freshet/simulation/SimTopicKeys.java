package dev.freshet.simulation;

import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.relay.port.TopicKeys;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The keys of a topic, some records of each partition at a time. */
final class SimTopicKeys implements TopicKeys {
    private static final int RECORDS = 3;

    private final List<SimLog> partitions;
    private final Calls calls;
    private final long[] at;
    private final OffsetVector end;

    SimTopicKeys(List<SimLog> partitions, Calls calls, OffsetVector from, OffsetVector end) {
        this.partitions = List.copyOf(partitions);
        this.calls = calls;
        this.at = from.toArray();
        this.end = end;
    }

    @Override
    public OffsetVector poll(Visitor visitor) {
        if (calls.call() != Calls.Trouble.NONE) {
            throw new RetriableException("The cluster is away");
        }
        for (int p = 0; p < at.length; p++) {
            SimLog log = partitions.get(p);
            long to = Math.min(end.offset(p), log.stable());
            // what is not there any more costs nothing
            for (int left = RECORDS; at[p] < to && left > 0; at[p]++) {
                SimLog.Rec r = log.records().get((int) at[p]);
                if (r.committed() && !r.gone()) {
                    left--;
                    visitor.key(String.valueOf(r.key()).getBytes(StandardCharsets.UTF_8), r.value() == null);
                }
            }
        }
        return OffsetVector.of(at);
    }

    @Override
    public void close() {}
}
