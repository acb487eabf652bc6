package dev.freshet.replica;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.model.Op;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.replica.agent.KafkaReaders;
import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A played source whose money moves between the rows of two tables, so that its sum never changes; a {@code per-transaction}
 * copy of them; and readers who look at that with one snapshot.
 */
final class Bank {
    static final long TOTAL = 10_000;
    private static final int ROWS = 20;
    private static final int FEW = 3;
    private static final int LARGEST_GAP = 10;

    final PlayedRelay relay;
    final TestDatabase database;
    final Set<String> statesSeen = ConcurrentHashMap.newKeySet();
    final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final EmbeddedKafka kafka;
    private final long[] accounts = new long[ROWS];
    private final long[] savings = new long[ROWS];
    private final Random random = new Random(7);
    private final List<Replica> running = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean ended;
    private volatile boolean filled;

    Bank(EmbeddedKafka kafka, String source, TestDatabase database) throws Exception {
        this.kafka = kafka;
        this.database = database;
        relay = new PlayedRelay(kafka, source);
        relay.capture(schema("accounts"), 3);
        relay.capture(schema("savings"), 2);
        accounts[0] = TOTAL;
        for (int i = 0; i < ROWS; i++) {
            put("accounts", Op.CREATE, i, accounts[i]);
            put("savings", Op.CREATE, i, savings[i]);
        }
        relay.commit();
    }

    private static SchemaRecord schema(String table) {
        return new SchemaRecord(
                table,
                List.of(new Column("id", "bigint", false, true), new Column("money", "bigint", true, true)),
                List.of("id"));
    }

    private void put(String table, Op op, int id, long money) {
        relay.put(table, op, "{\"id\":" + id + "}", "{\"id\":" + id + ",\"money\":" + money + "}");
    }

    ReplicaConfig.Builder config() {
        return ReplicaConfig.builder("copy").consistency(Consistency.PER_TRANSACTION).stream(target("accounts")).stream(
                        target("savings"))
                .database(database.jdbcUrl(), database.user(), database.password())
                .kafka("bootstrap.servers", kafka.bootstrapServers())
                .retry(Duration.ofMillis(200), Duration.ofSeconds(1))
                .freshness(Duration.ofMillis(200), Duration.ofSeconds(2));
    }

    private StreamTarget target(String table) {
        return new StreamTarget(table, relay.topic(table), null, TableName.parse("public." + table), Map.of());
    }

    Replica start() {
        return start(config().build());
    }

    Replica start(ReplicaConfig config) {
        return start(config, Clock.systemUTC());
    }

    Replica start(ReplicaConfig config, InstantSource clock) {
        Replica replica = Replica.start(config, new KafkaReaders(config, clock), clock);
        running.add(replica);
        return replica;
    }

    /** Moves money in one source transaction. */
    synchronized Boundary move() throws Exception {
        moves(1);
        return relay.commit();
    }

    /** Moves money so many times, in the source transaction that is open. */
    synchronized void moves(int times) {
        for (int i = 0; i < times; i++) {
            int from = random.nextInt(ROWS);
            int to = random.nextInt(ROWS);
            long amount = 1 + random.nextInt(50);
            accounts[from] -= amount;
            savings[to] += amount;
            put("accounts", Op.UPDATE, from, accounts[from]);
            put("savings", Op.UPDATE, to, savings[to]);
        }
    }

    /** Ends the open source transaction with a row of a million. */
    synchronized void lastIsTooMuch() throws Exception {
        put("savings", Op.UPDATE, ROWS - 1, 1_000_000);
        relay.commit();
    }

    /** Returns whether what stops the copy is said to be a record of a table. */
    boolean isNamed(String table, String reason) {
        return reason.matches("Record " + Pattern.quote(relay.topic(table)) + "-[0-9]@[0-9]+ cannot .*");
    }

    /** Moves money in one source transaction that takes two of Kafka's, with all of it missing in between. */
    synchronized Boundary moveInParts() throws Exception {
        int from = random.nextInt(ROWS);
        int to = random.nextInt(ROWS);
        long amount = 1 + random.nextInt(50);
        accounts[from] -= amount;
        put("accounts", Op.UPDATE, from, accounts[from]);
        relay.commitPart();
        savings[to] += amount;
        put("savings", Op.UPDATE, to, savings[to]);
        return relay.commit();
    }

    /** Snapshots a table anew beside the moves, which go on while it is under way. */
    void snapshotAgain(String table, int movesBetween) throws Exception {
        synchronized (this) {
            relay.status(table, StreamStatus.SNAPSHOTTING);
            relay.commit();
        }
        for (int i = 0; i < ROWS; i++) {
            synchronized (this) {
                put(table, Op.READ, i, table.equals("accounts") ? accounts[i] : savings[i]);
                relay.commit();
            }
            for (int m = 0; m < movesBetween; m++) {
                move();
            }
        }
        synchronized (this) {
            relay.status(table, StreamStatus.RUNNING);
            relay.commit();
        }
    }

    /** The topics of both tables are made again, and filled with the rows that there are. */
    synchronized void beginAgain() throws Exception {
        relay.recreate("accounts");
        relay.recreate("savings");
        for (int i = 0; i < ROWS; i++) {
            put("accounts", Op.READ, i, accounts[i]);
            put("savings", Op.READ, i, savings[i]);
        }
        relay.commit();
    }

    /** Has money moved, and readers look, until the bank closes. */
    void open(int readers) {
        threads.submit(() -> {
            try {
                while (!ended) {
                    move();
                    moveInParts();
                }
            } catch (Exception e) {
                wrong.add("The writer ended: " + e);
            }
        });
        for (int i = 0; i < readers; i++) {
            boolean twoStatements = i % 2 == 0;
            threads.submit(() -> read(twoStatements));
        }
    }

    private void read(boolean twoStatements) {
        while (!ended) {
            try (Connection db = database.connect()) {
                db.setAutoCommit(false);
                db.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                while (!ended) {
                    look(db, twoStatements);
                    db.commit();
                }
            } catch (SQLException e) {
                if (!"42P01".equals(e.getSQLState())) {
                    wrong.add("A reader failed: " + e);
                }
            }
        }
    }

    private void look(Connection db, boolean twoStatements) throws SQLException {
        String accountsSum = "SELECT coalesce(sum(money), 0) FROM accounts";
        String savingsSum = "SELECT coalesce(sum(money), 0) FROM savings";
        // asked before the snapshot is taken: from then on nobody may see the tables empty
        boolean filledBefore = filled;
        long first;
        long second;
        if (twoStatements) {
            first = one(db, accountsSum);
            second = one(db, savingsSum);
        } else {
            try (Statement s = db.createStatement();
                    ResultSet r = s.executeQuery("SELECT (" + accountsSum + "), (" + savingsSum + ")")) {
                r.next();
                first = r.getLong(1);
                second = r.getLong(2);
            }
        }
        boolean notYetFilled = first == 0 && second == 0 && !filledBefore;
        filled |= first + second == TOTAL;
        if (first + second != TOTAL && !notYetFilled) {
            wrong.add(first + " + " + second + " is not " + TOTAL + ", at "
                    + text(
                            db,
                            "SELECT string_agg(stream || partition || '=' || next_offset, ' ')"
                                    + " FROM freshet.replica_position"));
            ended |= wrong.size() > FEW;
        }
        statesSeen.add(first + "+" + second);
    }

    long one(Connection db, String sql) throws SQLException {
        try (Statement s = db.createStatement();
                ResultSet r = s.executeQuery(sql)) {
            r.next();
            return r.getLong(1);
        }
    }

    String text(Connection db, String sql) throws SQLException {
        try (Statement s = db.createStatement();
                ResultSet r = s.executeQuery(sql)) {
            r.next();
            return r.getString(1);
        }
    }

    /** Returns what a statement says, or -1 if it fails. */
    long one(String sql) {
        try (Connection db = database.connect()) {
            return one(db, sql);
        } catch (SQLException e) {
            return -1;
        }
    }

    /** Waits until readers have seen so many further states of the copy. */
    void awaitStates(int further) {
        int wanted = statesSeen.size() + further;
        ReplicaWorld.until(() -> statesSeen.size() >= wanted || !wrong.isEmpty());
    }

    /** Waits until the copy tells that it is complete at the boundary or later. */
    void await(Boundary boundary) {
        ReplicaWorld.until(() -> one("SELECT count(*) FROM freshet.freshness WHERE replica = 'copy' AND complete"
                        + " AND position >= '" + boundary.position() + "'")
                == 1);
    }

    /** Returns whether the topic has lost records of its first partition that are not the last of their keys. */
    boolean hasBeenCompacted(String stream) throws Exception {
        TopicPartition partition = new TopicPartition(relay.topic(stream), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            long before = -1;
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(100))) {
                    // between two records stands at most one marker
                    if (r.offset() > before + LARGEST_GAP) {
                        return true;
                    }
                    before = r.offset();
                }
            }
        }
        return false;
    }

    /** Ends the copy's sessions, as a failing network might. */
    void cutOff() throws SQLException {
        database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'freshet copy'"
                        + " AND datname = current_database()");
    }

    void close() throws InterruptedException {
        ended = true;
        threads.shutdown();
        threads.awaitTermination(30, TimeUnit.SECONDS);
        running.forEach(Replica::close);
        relay.close();
    }
}
