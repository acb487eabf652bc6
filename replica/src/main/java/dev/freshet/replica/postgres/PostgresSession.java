package dev.freshet.replica.postgres;

import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.ActiveRow;
import dev.freshet.replica.port.BatchWriter;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.ParkedRows;
import dev.freshet.replica.port.PositionRows;
import dev.freshet.replica.port.ReportRows;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.replica.port.ShadowTable;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.replica.port.StreamRows;
import dev.freshet.replica.port.WriteMode;
import dev.freshet.replica.postgres.fill.PostgresShadow;
import dev.freshet.replica.postgres.write.PostgresBatchWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Collection;

/** A session in the consumer's database. */
public final class PostgresSession implements CopySession {
    private final ReplicaConfig config;
    private final ConsumerDb consumer;
    private final Connection db;
    private final Calls calls;
    private final StreamRows streams;
    private final PositionRows positions;
    private final ReportRows reports;
    private final ParkedRows parked;
    private final ActiveRow active;

    /**
     * Creates a session.
     *
     * @param db a connection of its own, without auto-commit; it is closed with the session
     */
    public PostgresSession(ReplicaConfig config, ConsumerDb consumer, Connection db, Calls calls) {
        this.config = config;
        this.consumer = consumer;
        this.db = db;
        this.calls = calls;
        this.streams = new PostgresStreamRows(db, config.name(), calls);
        this.positions = new PostgresPositionRows(db, config.name(), calls);
        this.parked = new PostgresParkedRows(db, config.name(), calls);
        this.active = new PostgresActiveRow(db, config.name(), calls);
        this.reports = new PostgresReportRows(db, config.name(), config.limits().freshnessValid(), calls);
    }

    @Override
    public void prepare() {
        calls.run(() -> StateTables.create(db));
    }

    @Override
    public StreamRows streams() {
        return streams;
    }

    @Override
    public PositionRows positions() {
        return positions;
    }

    @Override
    public ParkedRows parked() {
        return parked;
    }

    @Override
    public ActiveRow active() {
        return active;
    }

    @Override
    public ReportRows reports() {
        return reports;
    }

    @Override
    public BatchWriter writer(Collection<StreamTarget> targets, SchemaSource schemas, WriteMode mode) {
        calls.run(() -> {
            if (mode == WriteMode.PIECES_OF_A_FILL) {
                ConsumerDb.awaitAnswers(db);
            } else {
                consumer.limitAnswers(db);
            }
        });
        return new PostgresBatchWriter(db, targets, config.schema(), schemas, mode, calls);
    }

    @Override
    public boolean alterForFill(StreamTarget target, SchemaRecord schema, StreamRow row) {
        return unhurried(() -> PostgresShadow.alter(db, config.schema(), target, schema, row));
    }

    @Override
    public ShadowTable shadow(StreamTarget target, SchemaRecord schema, StreamRow row, SchemaSource schemas) {
        calls.run(() -> ConsumerDb.awaitAnswers(db));
        return calls.ask(() -> PostgresShadow.create(db, config.schema(), target, schema, row, schemas, calls));
    }

    @Override
    public void empty(StreamTarget target, SchemaRecord schema, StreamRow row) {
        calls.run(() -> ConsumerDb.awaitAnswers(db));
        calls.run(() -> PostgresShadow.empty(db, config.schema(), target, schema, row));
    }

    @Override
    public void analyze(StreamTarget target) {
        unhurried(() -> {
            PostgresShadow.analyze(db, target);
            return true;
        });
    }

    /** Asks what may take as long as it takes; afterwards the session is limited as it was. */
    private boolean unhurried(Calls.Question<Boolean> question) {
        int limit = calls.ask(db::getNetworkTimeout);
        calls.run(() -> ConsumerDb.awaitAnswers(db));
        try {
            return calls.ask(question);
        } finally {
            if (calls.ask(() -> !db.isClosed())) {
                calls.run(() -> db.setNetworkTimeout(Runnable::run, limit));
            }
        }
    }

    @Override
    public boolean tryCommit(Runnable step) {
        Savepoint start = calls.ask(db::setSavepoint);
        try {
            calls.run(() -> {
                try (Statement s = db.createStatement()) {
                    s.execute(Alteration.LOCK_TIMEOUT);
                }
            });
            step.run();
            commit();
            return true;
        } catch (StoreException e) {
            if (!e.isLockRefused()) {
                throw e;
            }
            calls.run(() -> {
                db.rollback(start);
                db.releaseSavepoint(start);
            });
            return false;
        }
    }

    @Override
    public void attempt(Step step) throws InterruptedException {
        Savepoint start = calls.ask(db::setSavepoint);
        try {
            step.run();
        } catch (RuntimeException | InterruptedException e) {
            if (!(e instanceof StoreException lost && lost.isConnectionLost())) {
                calls.run(() -> {
                    db.rollback(start);
                    db.releaseSavepoint(start);
                });
            }
            throw e;
        }
        calls.run(() -> db.releaseSavepoint(start));
    }

    @Override
    public int endFrozen() {
        return calls.ask(() -> consumer.endFrozen(db));
    }

    @Override
    public void commit() {
        try {
            db.commit();
        } catch (SQLException e) {
            throw calls.refused(e);
        }
    }

    @Override
    public void rollback() {
        try {
            db.rollback();
        } catch (SQLException e) {
            throw calls.refused(e);
        }
    }

    @Override
    public void close() {
        try {
            db.close();
        } catch (SQLException e) {
            throw calls.refused(e);
        }
    }
}
