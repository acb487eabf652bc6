package dev.freshet.simulation;

import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.LedgerView;
import dev.freshet.stream.MissingSchemaException;
import java.time.Duration;

/** A reader of the simulated ledger. */
final class SimLedgerReader implements LedgerReader {
    private final SimKafka kafka;
    private final SimProcess process;
    private final LedgerView view;
    private final RuledLedger told;
    private int at;

    SimLedgerReader(SimKafka kafka, SimProcess process, LedgerView view, Rules rules) {
        this.kafka = kafka;
        this.process = process;
        this.view = view;
        this.told = new RuledLedger(kafka, rules);
    }

    @Override
    public LedgerView view() {
        return view;
    }

    @Override
    public int poll(Duration wait) {
        if (process.call() != Calls.Trouble.NONE) {
            throw new RetriableException("The brokers are away");
        }
        SimLog log = kafka.ledger.get(0);
        if (at > log.size()) {
            throw new LossException("The ledger was made again");
        }
        int end = log.stable();
        int read = 0;
        while (at < end) {
            SimLog.Rec r = log.records().get(at);
            String key = r.key();
            if (key != null && r.committed() && !r.gone()) {
                view.apply(key, told.seen(r), at);
                read++;
            }
            at++;
        }
        return read;
    }

    @Override
    public void readToEnd(Duration limit) {
        poll(Duration.ZERO);
    }

    @Override
    public SchemaRecord awaitSchema(String stream, String version, Duration limit) {
        if (view.schema(stream, version).isEmpty()) {
            poll(Duration.ZERO);
        }
        return view.schema(stream, version)
                .orElseThrow(() -> new MissingSchemaException("No schema " + version + " of stream " + stream));
    }

    @Override
    public void close() {}
}
