package dev.freshet.bench.contender;

import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/**
 * The limit of a relay: a bare read of pgoutput by pgjdbc that does nothing with the rows, or, with {@link Keys#PRODUCE},
 * sends each inserted row to a topic as it came off the wire, about 200 bytes.
 */
public class RawRead extends Worker {
    private static final long PAUSE_NANOS = 100_000;
    private static final int COLUMNS_AT = 8; // 'I', the relation's id, 'N', the number of columns
    private static final byte[] KEY_START = "{\"id\":".getBytes(StandardCharsets.UTF_8);

    private final int idColumn;

    /** Creates the contender. */
    public RawRead() {
        this(0);
    }

    /** Creates one that finds the ids of its rows in another column than the first. */
    RawRead(int idColumn) {
        this.idColumn = idColumn;
    }

    @Override
    protected final void work(Settings settings, Signals signals) throws Exception {
        try (Connection connection = connect(settings);
                PGReplicationStream stream = connection
                        .unwrap(PGConnection.class)
                        .getReplicationAPI()
                        .replicationStream()
                        .logical()
                        .withSlotName(settings.get(Keys.SLOT))
                        .withSlotOption("proto_version", 1)
                        .withSlotOption("publication_names", settings.get(Keys.PUBLICATION))
                        .withStatusInterval(1, TimeUnit.SECONDS)
                        .start();
                BenchProducer producer = settings.flag(Keys.PRODUCE) ? BenchProducer.create(settings) : null) {
            read(stream, producer, new Timer(settings, signals));
            stream.setFlushedLSN(stream.getLastReceiveLSN());
            stream.setAppliedLSN(stream.getLastReceiveLSN());
            stream.forceUpdateStatus();
        }
    }

    private static Connection connect(Settings settings) throws Exception {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, settings.get(Keys.SOURCE_USER));
        PGProperty.PASSWORD.set(properties, settings.get(Keys.SOURCE_PASSWORD));
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        return DriverManager.getConnection(settings.get(Keys.SOURCE_URL), properties);
    }

    private void read(PGReplicationStream stream, @Nullable BenchProducer producer, Timer timer) throws Exception {
        boolean unsent = false;
        while (!stopping()) {
            ByteBuffer message = stream.readPending();
            if (message == null) {
                if (unsent && producer != null) {
                    // what waits for its linger time would add to the latency
                    producer.flush();
                    unsent = false;
                } else {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } else if (message.get(message.position()) == 'I') {
                long id = insert(message, producer);
                timer.handled(id, 1);
                unsent = true;
            }
        }
        if (producer != null) {
            producer.flush();
        }
    }

    private long insert(ByteBuffer message, @Nullable BenchProducer producer) {
        int at = message.position() + COLUMNS_AT;
        for (int column = 0; column < idColumn; column++) {
            at += message.get(at) == 't' ? 1 + Integer.BYTES + message.getInt(at + 1) : 1;
        }
        int length = message.getInt(at + 1);
        byte[] bytes = message.array();
        int from = message.arrayOffset() + at + 5;
        long id = 0;
        for (int i = from; i < from + length; i++) {
            id = id * 10 + (bytes[i] - '0');
        }
        if (producer != null) {
            int end = message.arrayOffset() + message.limit();
            producer.send(key(bytes, from, length), Arrays.copyOfRange(bytes, from, end));
        }
        return id;
    }

    /** Makes {@code {"id":42}} of the digits. */
    static byte[] key(byte[] bytes, int from, int length) {
        byte[] key = Arrays.copyOf(KEY_START, KEY_START.length + length + 1);
        System.arraycopy(bytes, from, key, KEY_START.length, length);
        key[key.length - 1] = '}';
        return key;
    }
}
