package dev.freshet.replica.table;

import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.StreamTarget;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a stream fits a table: everything that is wrong, what would be altered, and which column goes where.
 *
 * @param problems what does not fit, each with the column and the way out, to be told after the table's name; empty if all
 *     does
 * @param alterations the statements that make it fit, each safe to run twice and by several instances
 * @param fields which column goes where, without the columns that the alterations add
 */
public record TableFit(List<String> problems, List<String> alterations, FieldMap fields) {
    /** Copies the lists. */
    public TableFit {
        problems = List.copyOf(problems);
        alterations = List.copyOf(alterations);
    }

    /**
     * Examines a table for a stream's first fill: it must fit as it is.
     *
     * @param target what the configuration says
     * @param schema the stream's schema
     * @param table the table as it is
     */
    public static TableFit first(StreamTarget target, SchemaRecord schema, TargetTable table) {
        return new Examination(target, schema, table, null).run();
    }

    /**
     * Examines a table that was filled under an earlier version of the schema.
     *
     * @param target what the configuration says
     * @param schema the stream's new schema
     * @param table the table as it is
     * @param policy what may be done about new columns
     */
    public static TableFit evolving(StreamTarget target, SchemaRecord schema, TargetTable table, SchemaPolicy policy) {
        return new Examination(target, schema, table, policy).run();
    }

    /**
     * Says that a table does not fit, with everything that is wrong, in a sentence that names it once.
     *
     * @param target which table and stream
     * @param problems what is wrong, as in {@link #problems}; at least one
     */
    public static String misfit(StreamTarget target, List<String> problems) {
        return "Table " + target.table() + " does not fit stream '" + target.stream() + "'"
                + (problems.size() == 1 ? ": " : " (" + problems.size() + " problems): ")
                + String.join("; ", problems);
    }

    /** One examination; gathers all problems at once. */
    private static final class Examination {
        private final StreamTarget target;
        private final SchemaRecord schema;
        private final TargetTable table;
        private final @Nullable SchemaPolicy policy;
        private final List<String> problems = new ArrayList<>();
        private final List<String> alterations = new ArrayList<>();
        private final List<FieldMap.Field> fields = new ArrayList<>();
        private final Set<String> written = new HashSet<>();

        Examination(StreamTarget target, SchemaRecord schema, TargetTable table, @Nullable SchemaPolicy policy) {
            this.target = target;
            this.schema = schema;
            this.table = table;
            this.policy = policy;
        }

        TableFit run() {
            if (!table.ordinary()) {
                problems.add("it is not an ordinary table: a copy needs one that is no view and not partitioned or"
                        + " inherited; name another table");
            }
            unknownColumns();
            for (Column c : schema.columns()) {
                String name = targetName(c);
                if (name != null) {
                    column(c, name);
                }
            }
            keyMapped();
            unwritten();
            constraints();
            return new TableFit(problems, alterations, new FieldMap(schema, schema.version(), fields));
        }

        private @Nullable String targetName(Column c) {
            Map<String, String> columns = target.columns();
            return columns.isEmpty() ? c.name() : columns.get(c.name());
        }

        private void unknownColumns() {
            if (policy != null) {
                return;
            }
            for (String name : target.columns().keySet()) {
                if (schema.columns().stream().noneMatch(c -> c.name().equals(name))) {
                    problems.add("the stream has no column '" + name + "', which the replica's columns name: it has "
                            + schema.columns().stream().map(Column::name).toList());
                }
            }
        }

        private void column(Column source, String name) {
            TargetColumn column = table.column(name);
            if (column == null) {
                missing(source, name);
                return;
            }
            written.add(name);
            if (column.generated() || column.identityAlways()) {
                problems.add("column '" + name + "' is computed by the database ("
                        + (column.generated() ? "generated" : "identity always")
                        + ") and cannot be written: leave the stream's column '" + source.name()
                        + "' out of the replica's columns, or alter the table");
            } else if (!TypeFit.fits(source, column)) {
                String type = TypeFit.typeFor(source);
                problems.add("column '" + name + "' has type " + column.type() + ", which cannot hold every "
                        + source.type() + " of the stream's column '" + source.name() + "': "
                        + alter(column, "TYPE " + type) + (type.equals("text") ? "" : ", or TYPE text"));
            } else {
                nullability(source, column);
                fields.add(new FieldMap.Field(source, column, schema.key().contains(source.name())));
            }
        }

        private void nullability(Column source, TargetColumn column) {
            if (!column.notNull() || !source.nullable()) {
                return;
            }
            if (policy == SchemaPolicy.EVOLVE) {
                alterations.add(dropNotNull(column));
            } else if (policy != SchemaPolicy.IGNORE) {
                problems.add("column '" + column.name() + "' refuses null, but the stream's column '" + source.name()
                        + "' may be null: " + dropNotNull(column));
            }
        }

        private void missing(Column source, String name) {
            String add = "ALTER TABLE " + table.name().quoted() + " ADD COLUMN IF NOT EXISTS " + TableName.quote(name)
                    + " " + TypeFit.typeFor(source);
            if (policy == SchemaPolicy.EVOLVE) {
                alterations.add(add);
            } else if (policy == SchemaPolicy.IGNORE && !schema.key().contains(source.name())) {
                return;
            } else {
                problems.add("it has no column '" + name + "' for the stream's column '" + source.name() + "' ("
                        + source.type() + "): " + add
                        + (policy == null
                                ? ", or leave it out of the replica's columns"
                                : ", or set schema: evolve or ignore"));
            }
        }

        private void keyMapped() {
            for (String key : schema.key()) {
                if (!target.columns().isEmpty() && !target.columns().containsKey(key)) {
                    problems.add("the replica's columns leave out the key column '" + key
                            + "': a copy needs the whole key " + schema.key());
                }
            }
        }

        private void unwritten() {
            for (TargetColumn c : table.columns()) {
                if (written.contains(c.name()) || !c.notNull() || c.hasDefault() || c.generated()) {
                    continue;
                }
                if (policy == SchemaPolicy.EVOLVE && !table.inPrimaryKey(c.name())) {
                    alterations.add(dropNotNull(c));
                } else {
                    problems.add("column '" + c.name() + "' refuses null and has no default, but no column of"
                            + " the stream goes into it: map one, give it a default, or " + dropNotNull(c));
                }
            }
        }

        private void constraints() {
            Set<String> key = new HashSet<>();
            for (FieldMap.Field f : fields) {
                if (f.key()) {
                    key.add(f.target().name());
                }
            }
            boolean hasKey = key.size() < schema.key().size();
            for (TargetTable.Unique u : table.uniques()) {
                if (key.stream().anyMatch(u.lax()::contains)) {
                    hasKey |= u.columns().equals(key);
                    problems.add("its unique constraint or index '" + u.name() + "' on " + u.columns()
                            + " takes different values for equal (by a nondeterministic collation, a composite type, or an"
                            + " extension's type such as citext), so that rows of different keys would replace one"
                            + " another: give "
                            + u.lax().stream().filter(key::contains).sorted().toList()
                            + " a type of PostgreSQL's own, as the source has, and a deterministic collation");
                } else if (u.plain() && u.columns().equals(key)) {
                    hasKey = true;
                } else if (!u.columns().containsAll(key) || !u.plain()) {
                    problems.add("it has the further unique constraint or index '" + u.name() + "' on "
                            + u.columns()
                            + ": partitions are applied beside each other, so that it could be violated in"
                            + " passing; drop it, or make it an index that is not unique");
                }
            }
            if (!hasKey) {
                problems.add("it has no primary key or unique constraint on " + key
                        + ", the stream's key: ALTER TABLE " + table.name().quoted() + " ADD PRIMARY KEY ("
                        + String.join(
                                ", ",
                                key.stream().sorted().map(TableName::quote).toList()) + ")");
            }
            for (String fk : table.foreignKeys()) {
                problems.add("it takes part in the foreign key " + fk
                        + ": rows of several partitions arrive in no common order; drop it");
            }
            for (String exclusion : table.exclusions()) {
                problems.add("it has the exclusion constraint '" + exclusion + "': drop it");
            }
        }

        private String dropNotNull(TargetColumn c) {
            return alter(c, "DROP NOT NULL");
        }

        private String alter(TargetColumn c, String what) {
            return "ALTER TABLE " + table.name().quoted() + " ALTER COLUMN " + c.quoted() + " " + what;
        }
    }
}
