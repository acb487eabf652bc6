package dev.freshet.capture.postgres;

import dev.freshet.capture.FreshnessSample.Drift;
import dev.freshet.capture.Harm;
import dev.freshet.capture.postgres.CatalogEntry.Attribute;
import dev.freshet.capture.postgres.CatalogEntry.Leaf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells from two catalog entries of one stream whether rows may have changed without row messages.
 *
 * <p>Implementation note. The rule is "breaking unless it is certain that no row changed". A new partition is certain only
 * when its file is empty at a moment after it was seen in the tree: a table that was attached with rows has a file, and
 * one whose file is empty cannot have brought any. A partition that is filled between its creation and the next sample
 * therefore breaks the stream although its rows came through the log; partitions that are made ahead of time do not. A
 * rewrite counts as breaking even if the columns look the same: {@code ALTER TYPE … USING} keeps the type and changes the
 * values, and {@code VACUUM FULL} cannot be told from it. What was away and is back before the next sample, such as a
 * partition, is told by its rows in the catalog, which are others: changes made meanwhile are in no log.
 */
final class CatalogDrift {
    private final List<String> breaking = new ArrayList<>();
    private final List<String> harmless = new ArrayList<>();
    private Harm harm = Harm.NONE;

    private CatalogDrift() {}

    /**
     * Compares.
     *
     * @param before the entry that is known
     * @param now the entry now
     * @param isEmpty whether a partition that is new in the tree holds nothing
     * @return the drift, or null if there is none
     */
    static @Nullable Drift between(CatalogEntry before, CatalogEntry now, Predicate<Leaf> isEmpty) {
        if (before.text().equals(now.text())) {
            return null;
        }
        CatalogDrift drift = new CatalogDrift();
        drift.compare(before, now, isEmpty);
        List<String> reasons = new ArrayList<>(drift.breaking);
        reasons.addAll(drift.harmless);
        return new Drift(now.text(), drift.harm, String.join("; ", reasons));
    }

    private void compare(CatalogEntry before, CatalogEntry now, Predicate<Leaf> isEmpty) {
        if (now.isGone()) {
            harms(
                    Harm.TABLE,
                    "table " + before.table() + " was dropped or renamed, or the role cannot see it any more");
            return;
        }
        if (before.isGone()) {
            harms(Harm.CAPTURE, "table " + now.table() + " is there again after it was gone");
            return;
        }
        if (before.oid() != now.oid()) {
            harms(Harm.CAPTURE, "table " + now.table() + " was dropped and made again");
            return;
        }
        if (!before.table().equals(now.table())) {
            harmless.add("table " + before.table() + " was renamed to " + now.table());
        }
        publication(before, now);
        attributes(before, now);
        leaves(before, now, isEmpty);
        if (breaking.isEmpty() && harmless.isEmpty()) {
            harmless.add("the catalog entry of table " + now.table() + " changed without effect on its rows");
        }
    }

    private void harms(Harm by, String reason) {
        harm = harm.and(by);
        breaking.add(reason);
    }

    private static Harm harmOf(Attribute column, CatalogEntry now) {
        return now.asked().key().contains(column.name()) ? Harm.KEY : Harm.ROWS;
    }

    private void publication(CatalogEntry before, CatalogEntry now) {
        CatalogEntry.Publishing was = before.publication();
        CatalogEntry.Publishing is = now.publication();
        if (was.equals(is)) {
            return;
        }
        if (is.operations().isEmpty()) {
            harms(Harm.CAPTURE, "table " + now.table() + " is not in the publication any more");
        } else if (was.operations().isEmpty()) {
            harms(Harm.CAPTURE, "table " + now.table() + " was added to the publication again");
        } else if (was.isLike(is)) {
            harms(
                    Harm.CAPTURE,
                    "the publication was altered: it may have had table " + now.table() + " otherwise, or not at all,"
                            + " for a while");
        } else {
            harms(
                    Harm.CAPTURE,
                    "the publication has table " + now.table() + " with other operations, columns or rows than before"
                            + " (operations " + was.operations() + " to " + is.operations()
                            + ", publish_via_partition_root " + was.viaRoot() + " to " + is.viaRoot()
                            + ", column list " + was.columns() + " to " + is.columns()
                            + (was.filter().equals(is.filter()) ? "" : ", another row filter") + ")");
        }
    }

    private void attributes(CatalogEntry before, CatalogEntry now) {
        Map<Integer, Attribute> is = byNumber(now.attributes());
        for (Attribute was : before.attributes()) {
            Attribute same = is.remove(was.number());
            if (same == null) {
                harms(harmOf(was, now), "column '" + was.name() + "' was dropped");
            } else if (!same.name().equals(was.name())) {
                harms(harmOf(was, now), "column '" + was.name() + "' was renamed to '" + same.name() + "'");
            } else if (same.typeOid() != was.typeOid()) {
                harms(harmOf(was, now), "column '" + was.name() + "' got another type");
            } else if (!same.generated().equals(was.generated())) {
                harms(Harm.ROWS, "column '" + was.name() + "' became or ceased to be a generated one");
            } else if (same.typmod() != was.typmod()) {
                // values that did not fit were rewritten, which the file tells
                harmless.add("column '" + was.name() + "' got another length or precision");
            }
            if (same != null && same.typeOid() == was.typeOid()) {
                words(was, same);
            }
        }
        for (Attribute added : is.values()) {
            if (added.missing()) {
                harms(
                        Harm.ROWS,
                        "column '" + added.name() + "' was added with a default, which older rows have now too");
            } else {
                harmless.add("column '" + added.name() + "' was added");
            }
        }
    }

    /** Compares what older rows are read with: they change their text with a label's name, without any row message. */
    private void words(Attribute before, Attribute now) {
        String column = "column '" + now.name() + "': ";
        Map<String, String> is = new TreeMap<>(now.words());
        before.words().forEach((key, was) -> {
            String same = is.remove(key);
            if (was.equals(same)) {
                return;
            }
            if (!key.startsWith(Attribute.LABEL)) {
                harms(Harm.ROWS, column + "an attribute of its composite type was dropped or got another type");
            } else if (same == null) {
                harms(Harm.ROWS, column + "the enum label '" + was + "' is gone");
            } else {
                harms(
                        Harm.ROWS,
                        column + "the enum label '" + was + "' was renamed to '" + same
                                + "', which older rows have now too");
            }
        });
        is.forEach((key, added) -> {
            if (key.startsWith(Attribute.LABEL)) {
                harmless.add(column + "the enum label '" + added + "' was added");
            } else {
                harms(Harm.ROWS, column + "its composite type got another attribute, which older rows have now too");
            }
        });
    }

    private void leaves(CatalogEntry before, CatalogEntry now, Predicate<Leaf> isEmpty) {
        Map<Long, Leaf> is = now.leaves().stream().collect(Collectors.toMap(Leaf::oid, Function.identity()));
        for (Leaf was : before.leaves()) {
            Leaf same = is.remove(was.oid());
            if (same == null) {
                harms(Harm.ROWS, "partition " + was.table() + " was detached or dropped");
            } else if (same.fileNode() != was.fileNode()) {
                harms(
                        Harm.ROWS,
                        "table " + was.table() + " was rewritten (by TRUNCATE, an ALTER TABLE that rewrites, VACUUM"
                                + " FULL or CLUSTER)");
            } else if (!same.since().equals(was.since())) {
                harms(Harm.ROWS, "partition " + was.table() + " was detached for a while and attached again");
            } else if (!identifies(same, now.asked().key())) {
                harms(
                        Harm.TABLE,
                        "the replica identity of table " + was.table() + " does not hold the key's columns "
                                + now.asked().key() + " any more");
            } else if (!same.identityKind().equals(was.identityKind())) {
                harmless.add("table " + was.table() + " got another replica identity");
            }
        }
        for (Leaf added : is.values()) {
            if (!added.kind().equals("r")) {
                harms(
                        Harm.TABLE,
                        "partition " + added.table() + " was attached, which has no log here (relkind '" + added.kind()
                                + "')");
            } else if (!isEmpty.test(added)) {
                harms(
                        Harm.ROWS,
                        "partition " + added.table()
                                + " was attached with rows in it, or filled before it was first seen");
            } else if (!identifies(added, now.asked().key())) {
                harms(
                        Harm.TABLE,
                        "partition " + added.table() + " has a replica identity without the key's columns "
                                + now.asked().key());
            } else {
                harmless.add("partition " + added.table() + " was added, empty");
            }
        }
    }

    private static boolean identifies(Leaf leaf, List<String> key) {
        return leaf.identityKind().equals("f") || Set.copyOf(leaf.identity()).containsAll(key);
    }

    private static Map<Integer, Attribute> byNumber(List<Attribute> attributes) {
        return attributes.stream()
                .collect(Collectors.toMap(Attribute::number, Function.identity(), (a, b) -> a, TreeMap::new));
    }
}
