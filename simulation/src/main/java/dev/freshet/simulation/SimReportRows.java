package dev.freshet.simulation;

import dev.freshet.model.Position;
import dev.freshet.model.copy.CopyState;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.replica.port.ReportRows;
import dev.freshet.simulation.SimStore.Cell;
import dev.freshet.simulation.SimStore.Report;
import dev.freshet.stream.Freshness;
import dev.freshet.stream.NotComplete;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The reports in the simulated database. */
final class SimReportRows implements ReportRows {
    private final SimStore store;
    private final SimSession session;
    private final Duration valid;

    SimReportRows(SimStore store, SimSession session, Duration valid) {
        this.store = store;
        this.session = session;
        this.valid = valid;
    }

    @Override
    public Instant lock(Collection<String> sources) {
        session.call();
        boolean added = false;
        for (String source : sources) {
            Cell<Report> cell = SimSession.cell(store.reports, source);
            if (session.get(cell) == null) {
                session.set(cell, new Report(false, null, null, store.now(), "The freshness is being found"));
                added = true;
            }
        }
        if (added) {
            session.commit();
        }
        lockAll();
        return store.now();
    }

    private void lockAll() {
        store.reports.values().forEach(session::lock);
    }

    @Override
    public @Nullable Position valid(String source) {
        session.call();
        Report report = session.get(store.reports.get(source));
        return report != null && store.now().isBefore(report.validUntil()) ? report.position() : null;
    }

    @Override
    public void write(String source, Freshness f, CopyState state, Instant asOf) {
        session.call();
        NotComplete why = f.why();
        session.set(
                SimSession.cell(store.reports, source),
                new Report(
                        f.complete(), f.position(), f.completeTo(), asOf.plus(valid), why == null ? "" : why.text()));
    }

    @Override
    public void move(String source, Boundary to) {
        session.call();
        Cell<Report> cell = SimSession.cell(store.reports, source);
        Report was = session.get(cell);
        Position position = was == null ? null : was.position();
        if (was != null
                && position != null
                && position.epoch() == to.position().epoch()
                && to.position().isAfter(position)) {
            Instant completeTo = to.completeTo() == null ? was.completeTo() : to.completeTo();
            session.set(cell, new Report(was.complete(), to.position(), completeTo, was.validUntil(), was.reason()));
        }
    }

    @Override
    public void withdrawOthers(Collection<String> known, String reason, Instant asOf) {
        session.call();
        for (Map.Entry<String, Cell<Report>> e : store.reports.entrySet()) {
            if (!known.contains(e.getKey())) {
                session.set(e.getValue(), new Report(false, null, null, asOf.plus(valid), reason));
            }
        }
    }

    @Override
    public void withdraw(String reason, boolean anew) {
        session.call();
        if (!store.rules.hold(Rules.Rule.WITHDRAW_FIRST)) {
            return;
        }
        lockAll();
        for (Cell<Report> cell : store.reports.values()) {
            Report was = session.get(cell);
            if (was != null) {
                session.set(
                        cell,
                        new Report(
                                false,
                                anew ? null : was.position(),
                                anew ? null : was.completeTo(),
                                was.validUntil(),
                                reason));
            }
        }
    }

    @Override
    public void withdrawBefore(int epoch, String reason) {
        session.call();
        if (!store.rules.hold(Rules.Rule.WITHDRAW_FORMER_EPOCH)) {
            return;
        }
        lockAll();
        for (Cell<Report> cell : store.reports.values()) {
            Report was = session.get(cell);
            if (was != null && was.position() != null && was.position().epoch() < epoch) {
                session.set(cell, new Report(false, null, null, was.validUntil(), reason));
            }
        }
    }
}
