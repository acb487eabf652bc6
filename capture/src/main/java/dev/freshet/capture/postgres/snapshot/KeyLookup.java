package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.table.Identifiers;
import dev.freshet.capture.postgres.table.KeyCondition;
import dev.freshet.capture.postgres.table.ShapeColumn;
import dev.freshet.capture.postgres.table.TableShape;
import dev.freshet.capture.postgres.table.TableShapes;
import dev.freshet.capture.postgres.value.KeyDecoder;
import dev.freshet.capture.postgres.value.RowEncoder;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Looks up keys in a table by its unique index, in one transaction on one session. Belongs to one thread.
 *
 * <p>Implementation note. The table is locked before the snapshot is taken, so that no rewrite makes it look empty to it. The
 * keys that are there come back as the source encodes them now and are compared by their bytes, so that a wrong
 * conversion of types can only ever miss a row by a cast that fails; such keys are found by halving.
 */
final class KeyLookup {
    private static final String DATA_EXCEPTION = "22";
    private static final String CONSTRAINT_VIOLATION = "23";

    private final Connection connection;
    private final TypeCatalog types;
    private final TableShape shape;
    private final RowEncoder encoder;
    private final String sql;

    private KeyLookup(Connection connection, TypeCatalog types, TableShape shape) {
        this.connection = connection;
        this.types = types;
        this.shape = shape;
        this.encoder = shape.rowEncoder(types);
        this.sql = sql();
    }

    /** Returns those of the keys that the table has. */
    static Set<ByteBuffer> present(Connection connection, TypeCatalog types, TableCapture capture, List<byte[]> keys)
            throws SQLException {
        TableShape before = shape(connection, types, capture);
        Sessions.execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        Sessions.execute(connection, "LOCK TABLE " + table(before) + " IN ACCESS SHARE MODE");
        TableShape shape = shape(connection, types, capture);
        if (!shape.equals(before)) {
            throw new RetriableException("Table '" + capture.table() + "' of stream '" + capture.stream()
                    + "' was altered while keys were to be looked up in it; they are looked up again");
        }
        Set<ByteBuffer> present = new KeyLookup(connection, types, shape).find(keys);
        Sessions.execute(connection, "COMMIT");
        return present;
    }

    /** Without inheritance children, which are tables of their own, but with partitions. */
    private static String table(TableShape shape) {
        return (shape.partitioned() ? "" : "ONLY ") + shape.qualifiedName();
    }

    private static TableShape shape(Connection connection, TypeCatalog types, TableCapture capture)
            throws SQLException {
        List<String> problems = new ArrayList<>();
        return TableShapes.find(connection, types, capture, problems)
                .orElseThrow(() -> new ConfigurationException(String.join("\n", problems)));
    }

    // format() writes a value as COPY and the log do, while a cast to text takes blanks away
    private String sql() {
        List<ShapeColumn> key = shape.key();
        String columns = key.stream()
                .map(c -> "format('%s', t." + Identifiers.quoted(c.name()) + ")")
                .collect(Collectors.joining(", "));
        String arrays = key.stream().map(c -> "?::text[]").collect(Collectors.joining(", "));
        String names = IntStream.range(0, key.size()).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
        List<String> equalities = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            equalities.add(KeyCondition.equality(key.get(i).name(), column(key.get(i)), "k.k" + i));
        }
        return "SELECT " + columns + " FROM unnest(" + arrays + ") AS k(" + names + ") JOIN " + table(shape) + " t ON "
                + String.join(" AND ", equalities);
    }

    private KeyDecoder.KeyColumn column(ShapeColumn column) {
        return types.keyColumn(column.typeOid(), column.typmod());
    }

    private Set<ByteBuffer> find(List<byte[]> keys) throws SQLException {
        KeyDecoder decoder = new KeyDecoder(
                shape.key().stream().map(ShapeColumn::name).toList(),
                shape.key().stream().map(this::column).toList());
        List<List<String>> texts = new ArrayList<>();
        keys.forEach(key -> decoder.decode(key).ifPresent(texts::add));
        Set<ByteBuffer> found = new HashSet<>();
        findWhatCanBeThere(texts, found);
        Set<ByteBuffer> present = new HashSet<>();
        keys.stream().map(ByteBuffer::wrap).filter(found::contains).forEach(present::add);
        return present;
    }

    private void findWhatCanBeThere(List<List<String>> texts, Set<ByteBuffer> found) throws SQLException {
        if (texts.isEmpty()) {
            return;
        }
        Sessions.execute(connection, "SAVEPOINT lookup");
        try {
            query(texts, found);
            Sessions.execute(connection, "RELEASE SAVEPOINT lookup");
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (!state.startsWith(DATA_EXCEPTION) && !state.startsWith(CONSTRAINT_VIOLATION)) {
                throw e;
            }
            // a key that is no value of the column's type any more
            Sessions.execute(connection, "ROLLBACK TO SAVEPOINT lookup; RELEASE SAVEPOINT lookup");
            if (texts.size() > 1) {
                findWhatCanBeThere(texts.subList(0, texts.size() / 2), found);
                findWhatCanBeThere(texts.subList(texts.size() / 2, texts.size()), found);
            }
        }
    }

    private void query(List<List<String>> texts, Set<ByteBuffer> found) throws SQLException {
        int count = shape.key().size();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < count; i++) {
                int column = i;
                statement.setArray(
                        i + 1,
                        connection.createArrayOf(
                                "text", texts.stream().map(t -> t.get(column)).toArray(String[]::new)));
            }
            List<ShapeColumn> columns = shape.columns();
            int[] from = new int[columns.size()];
            int[] length = new int[columns.size()];
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    StringBuilder all = new StringBuilder();
                    for (int i = 0; i < count; i++) {
                        String text = row.getString(i + 1);
                        int field = columns.indexOf(shape.key().get(i));
                        from[field] = all.toString().getBytes(StandardCharsets.UTF_8).length;
                        length[field] = text.getBytes(StandardCharsets.UTF_8).length;
                        all.append(text);
                    }
                    found.add(ByteBuffer.wrap(
                            encoder.key(all.toString().getBytes(StandardCharsets.UTF_8), from, length)));
                }
            }
        }
    }
}
