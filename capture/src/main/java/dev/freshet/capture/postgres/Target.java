package dev.freshet.capture.postgres;

import dev.freshet.capture.CapturedStream;
import dev.freshet.capture.Harm;
import dev.freshet.model.ledger.Column;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A captured stream in an open log, and what the log has said of its table so far. Belongs to the reader's thread. */
final class Target {
    private final CapturedStream captured;
    private final CatalogEntry entry;
    private @Nullable RowPlan plan;
    private @Nullable OutboxPlan outbox;
    private @Nullable String undecodable;
    private boolean announce;
    private @Nullable String breakReason;

    Target(CapturedStream captured, CatalogEntry entry) {
        this.captured = captured;
        this.entry = entry;
    }

    String stream() {
        return captured.capture().stream();
    }

    CapturedStream captured() {
        return captured;
    }

    /** Returns the catalog entry at the start; its oids and names are what the log and read-backs go by. */
    CatalogEntry entry() {
        return entry;
    }

    /** Returns how rows are made, or null while that cannot be done. */
    @Nullable
    RowPlan plan() {
        return plan;
    }

    /** Returns the captured columns of a description, in order. */
    List<RelationMessage.Field> chosen(RelationMessage relation) {
        List<String> wanted = captured.capture().columns();
        return relation.columns().stream()
                .filter(f -> wanted.isEmpty()
                        || wanted.contains(f.name())
                        || captured.schema().key().contains(f.name()))
                .toList();
    }

    /** Returns whether its rows are events. */
    boolean isOutbox() {
        return captured.capture().isOutbox();
    }

    /** Returns how events are read, or null while that cannot be done. */
    @Nullable
    OutboxPlan outbox() {
        return outbox;
    }

    /** Takes a new description of the outbox table. */
    void followOutbox(RelationMessage relation) {
        try {
            outbox = OutboxPlan.of(relation);
            undecodable = null;
        } catch (IllegalArgumentException e) {
            outbox = null;
            undecodable = e.getMessage();
        }
    }

    /** Takes a new plan; what it changes is announced before the next row. */
    void follow(RowPlan next, @Nullable String reason) {
        announce |= plan == null || !plan.version().equals(next.version());
        plan = next;
        undecodable = null;
        if (reason != null) {
            breakReason = reason;
        }
    }

    /** Takes note that rows cannot be made any more. */
    void giveUp(String reason) {
        plan = null;
        undecodable = reason;
    }

    /** Returns why rows cannot be made. */
    String undecodable() {
        return undecodable == null ? "the log has a row without a description of its table" : undecodable;
    }

    /** Returns what it means that rows cannot be made. */
    Harm undecodableHarm() {
        return undecodable == null ? Harm.CAPTURE : Harm.KEY;
    }

    /** Returns why the stream is broken from its next row on, once; else null. */
    @Nullable
    String takeBreak() {
        String reason = breakReason;
        breakReason = null;
        return reason;
    }

    /** Returns whether the schema must be told before the next row, once. */
    boolean takeAnnouncement() {
        boolean due = announce;
        announce = false;
        return due;
    }

    /** Returns the known shape of a column, or null if it is new or has another type. */
    @Nullable
    Column known(String name, String type) {
        RowPlan present = plan;
        List<Column> columns =
                present == null ? captured.schema().columns() : present.schema().columns();
        return columns.stream()
                .filter(c -> c.name().equals(name) && c.type().equals(type))
                .findFirst()
                .orElse(null);
    }

    /** Returns in a sentence what the new description lacks or has otherwise than the one before, or null if nothing. */
    @Nullable
    String lostColumns(RelationMessage next) {
        RowPlan present = plan;
        if (present == null) {
            return null;
        }
        Set<String> lost = new LinkedHashSet<>();
        for (RelationMessage.Field before : chosen(present.relation())) {
            RelationMessage.Field now = next.columns().stream()
                    .filter(f -> f.name().equals(before.name()))
                    .findFirst()
                    .orElse(null);
            if (now == null) {
                lost.add("column '" + before.name() + "' was dropped or renamed");
            } else if (now.typeOid() != before.typeOid()) {
                lost.add("column '" + before.name() + "' got another type");
            }
        }
        return lost.isEmpty() ? null : String.join("; ", lost);
    }
}
