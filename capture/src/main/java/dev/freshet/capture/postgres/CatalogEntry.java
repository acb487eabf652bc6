package dev.freshet.capture.postgres;

import dev.freshet.capture.TableCapture;
import dev.freshet.model.ledger.SchemaRecord;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the catalog says of a captured table, as far as rows can change with it without row messages in the log. Its text
 * is the fingerprint that the ledger keeps and that each sample compares.
 *
 * @param asked which table, columns and key were asked for, so that the text alone tells where to look again
 * @param oid the table's oid, 0 if there is no such table
 * @param table its name with schema
 * @param publication how the publication has it; {@link Publishing#NONE} if it has not
 * @param attributes the captured columns
 * @param leaves the tables that hold the rows
 */
record CatalogEntry(
        Asked asked, long oid, String table, Publishing publication, List<Attribute> attributes, List<Leaf> leaves) {
    private static final String FORMAT = "3";

    /**
     * What was asked for.
     *
     * @param table the table as the user wrote it
     * @param columns the chosen columns, empty for all
     * @param key the key's columns
     */
    record Asked(String table, List<String> columns, List<String> key) {
        Asked {
            columns = List.copyOf(columns);
            key = List.copyOf(key);
        }

        /** Returns what a captured stream's entry asks for. */
        static Asked of(TableCapture capture, SchemaRecord schema) {
            return new Asked(capture.table(), capture.columns(), schema.key());
        }
    }

    /**
     * A captured column.
     *
     * @param number {@code attnum}; a column that is dropped and added again gets another
     * @param missing whether older rows have a default that no row message told
     * @param generated the catalog's letter for a generated column, empty for another
     * @param words what the text of its values is made of and can change while the type stays the same, also inside
     *     arrays, domains, ranges and composite types: {@code e<oid>} with the label of an enum's value, and {@code
     *     c<oid>.<attnum>} with the type of a composite type's attribute
     */
    record Attribute(
            int number,
            String name,
            long typeOid,
            int typmod,
            boolean missing,
            String generated,
            Map<String, String> words) {
        /** How the keys of enum labels begin. */
        static final String LABEL = "e";

        Attribute {
            words = Collections.unmodifiableMap(new TreeMap<>(words));
        }

        /** Returns this column with other words. */
        Attribute withWords(Map<String, String> other) {
            return new Attribute(number, name, typeOid, typmod, missing, generated, other);
        }
    }

    /**
     * A table that holds rows.
     *
     * @param fileNode the file that holds them; a rewrite gives another
     * @param identityKind {@code relreplident}
     * @param identity the columns that the log has of a row's former version
     * @param since the catalog rows by which it is in the tree, which are others once it was out of it; empty if it is no
     *     partition
     */
    record Leaf(
            long oid,
            String table,
            String kind,
            long fileNode,
            String identityKind,
            List<String> identity,
            String since) {
        Leaf {
            identity = List.copyOf(identity);
        }
    }

    /**
     * How the publication has the table.
     *
     * @param operations which of insert, update, delete and truncate it publishes, such as {@code iudt}; empty if the
     *     table is not in it
     * @param viaRoot {@code publish_via_partition_root}
     * @param generatedStored whether stored generated columns are published
     * @param columns the column list, empty for none
     * @param filter the row filter, empty for none
     * @param since the catalog rows by which the table is in it, which are others once it was out of it, or published
     *     otherwise
     */
    record Publishing(
            String operations,
            boolean viaRoot,
            boolean generatedStored,
            List<String> columns,
            String filter,
            String since) {
        /** The table is not in the publication. */
        static final Publishing NONE = new Publishing("", false, false, List.of(), "", "");

        Publishing {
            columns = List.copyOf(columns);
        }

        /** Returns whether it is the same but for the rows in the catalog. */
        boolean isLike(Publishing other) {
            return new Publishing(operations, viaRoot, generatedStored, columns, filter, other.since).equals(other);
        }
    }

    CatalogEntry {
        attributes = List.copyOf(attributes);
        leaves = List.copyOf(leaves);
    }

    /** Returns the entry of a table that is not there. */
    static CatalogEntry gone(Asked asked) {
        return new CatalogEntry(asked, 0, asked.table, Publishing.NONE, List.of(), List.of());
    }

    /** Returns whether there is no such table. */
    boolean isGone() {
        return oid == 0;
    }

    /** Returns the oids of the leaves that the former entry has not. */
    Set<Long> newLeaves(CatalogEntry former) {
        Set<Long> fresh = leaves.stream().map(Leaf::oid).collect(Collectors.toSet());
        former.leaves.forEach(l -> fresh.remove(l.oid));
        return fresh;
    }

    /** Returns the text form. */
    String text() {
        return String.join(
                "|",
                FORMAT,
                String.join(":", escape(asked.table), names(asked.columns), names(asked.key)),
                Long.toString(oid),
                escape(table),
                String.join(
                        ":",
                        publication.operations,
                        flag(publication.viaRoot),
                        flag(publication.generatedStored),
                        names(publication.columns),
                        escape(publication.filter),
                        publication.since),
                attributes.stream()
                        .map(a -> String.join(
                                ":",
                                Integer.toString(a.number),
                                escape(a.name),
                                Long.toString(a.typeOid),
                                Integer.toString(a.typmod),
                                flag(a.missing),
                                a.generated,
                                words(a.words)))
                        .collect(Collectors.joining(";")),
                leaves.stream()
                        .map(l -> String.join(
                                ":",
                                Long.toString(l.oid),
                                escape(l.table),
                                l.kind,
                                Long.toString(l.fileNode),
                                l.identityKind,
                                names(l.identity),
                                l.since))
                        .collect(Collectors.joining(";")));
    }

    /** Returns whether a text is one that {@link #parse} reads. */
    static boolean isReadable(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if it is none, or of another format
     */
    static CatalogEntry parse(String text) {
        String[] parts = text.split("\\|", -1);
        if (parts.length != 7 || !parts[0].equals(FORMAT)) {
            throw new IllegalArgumentException("Not a catalog entry of format " + FORMAT);
        }
        try {
            String[] asked = parts[1].split(":", -1);
            String[] p = parts[4].split(":", -1);
            List<Attribute> attributes = new ArrayList<>();
            for (String one : list(parts[5], ";")) {
                String[] a = one.split(":", -1);
                attributes.add(new Attribute(
                        Integer.parseInt(a[0]),
                        unescape(a[1]),
                        Long.parseLong(a[2]),
                        Integer.parseInt(a[3]),
                        a[4].equals("1"),
                        a[5],
                        unescapedWords(a[6])));
            }
            List<Leaf> leaves = new ArrayList<>();
            for (String one : list(parts[6], ";")) {
                String[] l = one.split(":", -1);
                leaves.add(new Leaf(
                        Long.parseLong(l[0]),
                        unescape(l[1]),
                        l[2],
                        Long.parseLong(l[3]),
                        l[4],
                        unescapedNames(l[5]),
                        l[6]));
            }
            return new CatalogEntry(
                    new Asked(unescape(asked[0]), unescapedNames(asked[1]), unescapedNames(asked[2])),
                    Long.parseLong(parts[2]),
                    unescape(parts[3]),
                    new Publishing(
                            p[0], p[1].equals("1"), p[2].equals("1"), unescapedNames(p[3]), unescape(p[4]), p[5]),
                    attributes,
                    leaves);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("A catalog entry of format " + FORMAT + " is damaged", e);
        }
    }

    private static List<String> list(String text, String separator) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(separator, -1));
    }

    private static String names(List<String> names) {
        return names.stream().map(CatalogEntry::escape).collect(Collectors.joining(","));
    }

    private static List<String> unescapedNames(String text) {
        return list(text, ",").stream().map(CatalogEntry::unescape).toList();
    }

    private static String words(Map<String, String> words) {
        return words.entrySet().stream()
                .map(w -> w.getKey() + '=' + escape(w.getValue()))
                .collect(Collectors.joining(","));
    }

    private static Map<String, String> unescapedWords(String text) {
        Map<String, String> words = new HashMap<>();
        for (String one : list(text, ",")) {
            String[] w = one.split("=", -1);
            words.put(w[0], unescape(w[1]));
        }
        return words;
    }

    private static String flag(boolean set) {
        return set ? "1" : "0";
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String unescape(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
