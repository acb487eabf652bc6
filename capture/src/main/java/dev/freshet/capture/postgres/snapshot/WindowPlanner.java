package dev.freshet.capture.postgres.snapshot;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.table.Leaf;
import dev.freshet.capture.postgres.table.TableShape;
import dev.freshet.capture.postgres.table.TableShapes;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds out what a window reads, and opens its transaction and snapshot on the anchor session. */
final class WindowPlanner {
    /** How many chunks a reader gets, so that an uneven one does not leave the others idle. */
    private static final int CHUNKS_A_READER = 2;

    private static final long LEAST_PAGES_A_CHUNK = 16;
    private static final String PAGES = "SELECT c.oid,"
            + " coalesce(pg_relation_size(c.oid), 0) / current_setting('block_size')::bigint"
            + " FROM pg_class c WHERE c.oid = ANY (?::bigint[]::oid[])";
    private static final String FILES = "SELECT c.oid, coalesce(pg_relation_filenode(c.oid), 0)"
            + " FROM pg_class c WHERE c.oid = ANY (?::bigint[]::oid[])";

    private final TypeCatalog types;
    private final SnapshotSettings settings;

    WindowPlanner(TypeCatalog types, SnapshotSettings settings) {
        this.types = types;
        this.settings = settings;
    }

    /**
     * Plans a window and opens its transaction.
     *
     * @param anchor a session without a transaction
     * @param resume where to begin, or empty
     * @param pages how many pages the window takes
     * @throws LossException if {@code resume} means nothing any more
     */
    Plan begin(Connection anchor, TableCapture capture, String resume, long pages) throws SQLException {
        TableShape shape = shape(anchor, capture);
        ResumePoint point = resume.isEmpty() ? null : parse(capture, resume);
        List<Leaf> leaves = unread(capture, TableShapes.leaves(anchor, shape.oid()), point);
        Map<Long, Long> sizes = pages(anchor, leaves);
        long perChunk = Math.max(LEAST_PAGES_A_CHUNK, pages / ((long) settings.readers() * CHUNKS_A_READER));
        ChunkPlan cut = ChunkPlan.of(leaves, point, leaf -> sizes.getOrDefault(leaf.oid(), 0L), pages, perChunk);
        List<Leaf> read = cut.chunks().stream().map(Chunk::leaf).distinct().toList();
        String snapshot = open(anchor, capture, read);
        if (!shape.equals(shape(anchor, capture))) {
            throw new RetriableException("Table '" + capture.table() + "' of stream '" + capture.stream()
                    + "' was altered while a snapshot window was opened; the window is begun again");
        }
        return new Plan(shape, snapshot, cut.chunks(), pages, cut.following(), cut.last());
    }

    private TableShape shape(Connection connection, TableCapture capture) throws SQLException {
        List<String> problems = new ArrayList<>();
        Optional<TableShape> shape = TableShapes.find(connection, types, capture, problems);
        return shape.orElseThrow(() -> new ConfigurationException(String.join("\n", problems)));
    }

    private static ResumePoint parse(TableCapture capture, String resume) {
        return ResumePoint.parse(resume)
                .orElseThrow(() -> new LossException("The place '" + resume + "' at which the snapshot of stream '"
                        + capture.stream() + "' was to go on is not readable; the snapshot begins again"));
    }

    /** Returns the leaves from the one at the resume point on. */
    private static List<Leaf> unread(TableCapture capture, List<Leaf> leaves, @Nullable ResumePoint point) {
        if (point == null) {
            return leaves;
        }
        List<Leaf> rest = leaves.stream().filter(l -> l.oid() >= point.leaf()).toList();
        if (rest.isEmpty() || rest.get(0).oid() != point.leaf()) {
            throw new LossException("The table or partition with oid " + point.leaf() + " is not part of table '"
                    + capture.table() + "' of stream '" + capture.stream()
                    + "' any more (dropped or detached while its snapshot went on); the snapshot begins again");
        }
        Leaf leaf = rest.get(0);
        if (leaf.fileNode() != point.file()) {
            throw new LossException("Table " + leaf.qualifiedName() + " of stream '" + capture.stream()
                    + "' was rewritten while its snapshot went on (file " + point.file() + " became "
                    + leaf.fileNode() + ": VACUUM FULL, CLUSTER, TRUNCATE or ALTER TABLE); the snapshot begins again");
        }
        return rest;
    }

    private static Map<Long, Long> pages(Connection connection, List<Leaf> leaves) throws SQLException {
        List<Long> asked =
                leaves.stream().limit(ChunkPlan.MOST_LEAVES + 1L).map(Leaf::oid).toList();
        return byOid(connection, PAGES, asked);
    }

    private static String open(Connection anchor, TableCapture capture, List<Leaf> leaves) throws SQLException {
        Sessions.execute(anchor, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        if (!leaves.isEmpty()) {
            // before the snapshot: a rewrite that does not heed snapshots, such as TRUNCATE, is over or waits for us
            Sessions.execute(
                    anchor,
                    leaves.stream()
                            .map(l -> "ONLY " + l.qualifiedName())
                            .collect(Collectors.joining(", ", "LOCK TABLE ", " IN ACCESS SHARE MODE")));
        }
        String snapshot;
        try (Statement statement = anchor.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_export_snapshot()")) {
            row.next();
            snapshot = row.getString(1);
        }
        Map<Long, Long> files =
                byOid(anchor, FILES, leaves.stream().map(Leaf::oid).toList());
        for (Leaf leaf : leaves) {
            if (files.getOrDefault(leaf.oid(), -1L) != leaf.fileNode()) {
                throw new RetriableException("Table " + leaf.qualifiedName() + " of stream '" + capture.stream()
                        + "' was rewritten while a snapshot window was opened; the window is begun again");
            }
        }
        return snapshot;
    }

    private static Map<Long, Long> byOid(Connection connection, String sql, Collection<Long> oids) throws SQLException {
        Map<Long, Long> numbers = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("bigint", oids.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    numbers.put(row.getLong(1), row.getLong(2));
                }
            }
        }
        return numbers;
    }
}
