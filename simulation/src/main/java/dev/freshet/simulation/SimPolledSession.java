package dev.freshet.simulation;

import dev.freshet.capture.OutboxReader;
import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.capture.polling.NumberedRun;
import dev.freshet.capture.polling.PolledDatabase;
import dev.freshet.capture.polling.PolledFailure;
import dev.freshet.capture.polling.PolledSession;
import dev.freshet.capture.polling.Run;
import dev.freshet.capture.polling.State;
import dev.freshet.capture.polling.Writer;
import dev.freshet.model.ConfigurationException;
import dev.freshet.simulation.PolledData.Numbers;
import dev.freshet.simulation.PolledData.Row;
import dev.freshet.simulation.Rules.Rule;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** A session with a {@link PolledServer}. */
final class SimPolledSession implements PolledSession {
    private static final int RANGES_AT_ONCE = 2;
    private static final int ROW_BYTES = 200;

    private final PolledServer server;
    private final Random random;
    private final Calls calls;
    private final int id;
    private final int run;
    private boolean locked;
    /** Whether this end of it is gone. The other one may go on until the server hears of it. */
    private boolean closed;
    /** The rows that were there when it last looked above those that it knew. */
    private Set<Long> shownBefore = Set.of();

    SimPolledSession(PolledServer server, Random random, Calls calls) {
        this.server = server;
        this.random = random;
        this.calls = calls;
        this.id = server.newSession();
        this.run = server.run;
    }

    private PolledFailure lost() {
        closed = true;
        return new PolledFailure("The session is lost");
    }

    /** A statement, or a transaction; without it being done if the connection is lost before. */
    private <T> T ask(Supplier<T> statement) {
        Calls.Trouble trouble = calls.call();
        // who held the lock and does not any more was ended by the server
        boolean ended = locked && server.lockHolder != this && server.rules.hold(Rule.LOCK_TO_THE_END);
        if (closed || ended || server.run != run || trouble == Calls.Trouble.BEFORE) {
            throw lost();
        }
        T answer = statement.get();
        if (trouble == Calls.Trouble.AFTER) {
            throw lost();
        }
        return answer;
    }

    private PolledData data() {
        return server.data;
    }

    @Override
    public State state() {
        return ask(this::read);
    }

    private State read() {
        PolledData d = data();
        Map.Entry<Long, Numbers> last = d.numbers.lastEntry();
        return new State(
                d.identity,
                d.slot,
                d.confirmed,
                d.next(),
                last == null ? 0 : last.getValue().high(),
                last == null ? d.settled : Math.max(d.settled, last.getValue().settled()));
    }

    @Override
    public String identity() {
        return ask(() -> {
            if (data().identity == null) {
                data().identity = server.newIdentity();
            }
            return Objects.requireNonNull(data().identity);
        });
    }

    @Override
    public long begin() {
        return ask(() -> {
            PolledData d = data();
            if (d.slot != null) {
                throw new ConfigurationException("The slot exists already");
            }
            d.slot = PolledNodes.POLLING.slot();
            d.begins = read().firstOfNewSlot(random);
            d.confirmed = d.begins;
            d.settled = 0;
            d.numbers.clear();
            d.changes++;
            return d.begins;
        });
    }

    @Override
    public void end() {
        ask(() -> {
            data().slot = null;
            return true;
        });
    }

    @Override
    public void confirm(long confirmed, long settled) {
        ask(() -> {
            data().confirmed = confirmed;
            data().settled = settled;
            return true;
        });
    }

    @Override
    public void add(List<NumberedRun> runs, long high, long settled) {
        ask(() -> {
            if (runs.stream().anyMatch(r -> data().isKept(r.number())) && server.rules.hold(Rule.NUMBER_ONCE)) {
                throw lost();
            }
            server.unsafeFrom = server.rules.hold(Rule.DURABLE_NUMBERS)
                    ? Long.MAX_VALUE
                    : runs.get(0).number();
            for (NumberedRun r : runs) {
                for (long seq = r.rows().first(); seq <= r.rows().last(); seq++) {
                    data().number(seq, r.numberOf(seq));
                }
                data().numbers.put(r.number(), new Numbers(r, high, settled));
            }
            return true;
        });
    }

    @Override
    public List<NumberedRun> numbered(long from, int most) {
        return ask(() -> {
            Long first = data().numbers.floorKey(from);
            return data().numbers.tailMap(first == null ? 0 : first, true).values().stream()
                    .map(Numbers::run)
                    .limit(most)
                    .toList();
        });
    }

    @Override
    public List<Run> runsAbove(long seq, int most) {
        return ask(() -> data().numbers.values().stream()
                .map(n -> n.run().rows())
                .filter(rows -> rows.first() > seq)
                .sorted(Comparator.comparingLong(Run::first))
                .limit(most)
                .toList());
    }

    @Override
    public long sentSeq(State state, long below) {
        return ask(() -> data().numbers.values().stream()
                .map(Numbers::run)
                .filter(r -> r.end() > below)
                .mapToLong(r -> r.seqOf(Math.max(r.number(), below)) - 1)
                .reduce(state.settled(), Math::min));
    }

    @Override
    public void forget(State state) {
        ask(() -> {
            Map<Long, Numbers> but = data().numbers.isEmpty()
                    ? Map.of()
                    : data().numbers
                            .headMap(Math.min(state.confirmed(), data().numbers.lastKey()), false);
            return but.values()
                    .removeIf(n ->
                            n.run().end() <= state.confirmed() && n.run().rows().last() <= state.settled());
        });
    }

    @Override
    public Look above(long seq, int most) {
        shownBefore = Set.copyOf(data().table.keySet());
        long before = ask(server::micros);
        return ask(() -> new Look(
                server.rules.hold(Rule.CLOCK_BEFORE_LOOK) ? before : server.micros() + 1,
                data().table.tailMap(seq, false).keySet().stream()
                        .limit(most)
                        .map(s -> new Head(s, ROW_BYTES))
                        .toList()));
    }

    @Override
    public int rangesAtOnce() {
        return RANGES_AT_ONCE;
    }

    @Override
    public List<Head> in(List<Run> ranges, int most) {
        return ask(() -> data().table.keySet().stream()
                .filter(seq -> ranges.stream().anyMatch(r -> r.first() <= seq && seq <= r.last()))
                .filter(seq -> server.rules.hold(Rule.LOOK_INTO_GAPS_ANEW) || shownBefore.contains(seq))
                .limit(most)
                .map(seq -> new Head(seq, ROW_BYTES))
                .toList());
    }

    @Override
    public List<Content> contents(Run of) {
        return ask(() -> data().table.subMap(of.first(), true, of.last(), true).values().stream()
                .map(row -> new Content(row.seq(), OutboxReader.Row.of(row.event())))
                .toList());
    }

    @Override
    public long lastSeq() {
        return ask(() -> data().lastSeq);
    }

    @Override
    public boolean lock() {
        return ask(() -> {
            if (server.lockHolder != null) {
                return false;
            }
            server.lockHolder = this;
            locked = true;
            return true;
        });
    }

    @Override
    public void lease() {
        ask(() -> true);
    }

    @Override
    public Optional<String> clearingProblem() {
        return ask(Optional::empty);
    }

    @Override
    public void giveWord() {
        ask(() -> true);
    }

    @Override
    public Optional<Integer> lockHolder() {
        return ask(() -> Optional.ofNullable(server.lockHolder).map(s -> s.id));
    }

    @Override
    public void terminate(int session) {
        ask(() -> {
            if (server.lockHolder != null && server.lockHolder.id == session) {
                server.freeLock();
            }
            return true;
        });
    }

    @Override
    public Optional<List<Writer>> writers() {
        return ask(() -> server.innoDb && random.nextInt(4) == 0 ? Optional.empty() : Optional.of(server.writers()));
    }

    @Override
    public Optional<PolledDatabase.Sleep> sleep() {
        return Optional.empty();
    }

    @Override
    public List<String> problems() {
        return ask(List::of);
    }

    @Override
    public OutboxSnapshot shown() {
        return ask(() -> new OutboxSnapshot(server.innoDb ? "3:3:" : server.snapshot(), 0));
    }

    @Override
    public int clear(OutboxSnapshot sent, long sentSeq, OutboxRetention retention) {
        return ask(() -> server.clear(data().table.values().stream()
                .filter(r -> mayGo(r, sent, sentSeq))
                .toList()));
    }

    private boolean mayGo(Row row, OutboxSnapshot sent, long sentSeq) {
        return !server.rules.hold(Rule.CLEAR_WHAT_IS_SENT)
                || (server.innoDb ? row.seq() <= sentSeq : sent.shows(row.xid()));
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    /** Ends it in order; of one that was lost the server may not hear for long. */
    @Override
    public void close() {
        if (!closed && server.lockHolder == this && server.run == run) {
            server.freeLock();
        }
        closed = true;
    }

    /** Its process has ended, of which the server may not hear for long. */
    void end(boolean heard) {
        if (heard) {
            close();
        }
        abort();
    }

    @Override
    public void abort() {
        closed = true;
    }
}
