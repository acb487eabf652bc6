package dev.freshet.capture.postgres;

import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the log's descriptions of tables into plans and schemas. What a description does not say (whether a column may be
 * null, whether it came with a default) is asked of the catalog, only when a description has something new. A column that
 * may be null later on is found by its first null: a description is the same with and without {@code NOT NULL}.
 *
 * <p>The log may be behind the catalog. That is why only two descriptions of one stream of messages are compared here;
 * what changed while nobody read is found by comparing catalog entries ({@link CatalogEntry}).
 *
 * <p>Belongs to the reader's thread.
 */
final class Descriptions {
    private static final String SELECT = "SELECT attname, attnotnull, atthasmissing FROM pg_catalog.pg_attribute"
            + " WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped";

    private record Attribute(boolean notNull, boolean hasMissing) {}

    private final Sessions sessions;
    private final TypeCatalog types;

    Descriptions(Sessions sessions, TypeCatalog types) {
        this.sessions = sessions;
        this.types = types;
    }

    /** Makes the target follow the description. */
    void apply(Target target, RelationMessage relation) {
        RowPlan present = target.plan();
        if (present != null && present.relation().equals(relation)) {
            return;
        }
        List<RelationMessage.Field> fields = target.chosen(relation);
        for (String key : target.captured().schema().key()) {
            if (fields.stream().noneMatch(f -> f.name().equals(key))) {
                target.giveUp("column '" + key + "' of its key was dropped or renamed, so that its rows cannot be told"
                        + " apart; mend the stream's 'key'");
                return;
            }
        }
        types.learn(
                fields.stream().mapToInt(RelationMessage.Field::typeOid).toArray(),
                fields.stream().mapToInt(RelationMessage.Field::typmod).toArray());
        Map<String, Attribute> catalog = new HashMap<>();
        List<Column> columns = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        String lost = target.lostColumns(relation);
        if (lost != null) {
            reasons.add(lost);
        }
        for (RelationMessage.Field field : fields) {
            String type = types.typeName(field.typeOid(), field.typmod());
            Column known = target.known(field.name(), type);
            if (known != null) {
                columns.add(known);
                continue;
            }
            if (catalog.isEmpty()) {
                catalog.putAll(read(relation.relationId()));
            }
            Attribute attribute = catalog.get(field.name());
            columns.add(new Column(
                    field.name(), type, attribute == null || !attribute.notNull(), types.portable(field.typeOid())));
            if (present != null && attribute != null && attribute.hasMissing() && isNew(present, field)) {
                reasons.add("column '" + field.name() + "' was added with a default, which older rows have now too");
            }
        }
        SchemaRecord schema = new SchemaRecord(
                target.stream(), columns, target.captured().schema().key());
        target.follow(RowPlan.create(relation, schema, types), reason(reasons));
    }

    /** Makes the target's schema allow the nulls of the row that its plan has picked, and returns the new plan. */
    RowPlan admitNulls(Target target, RowPlan plan) {
        RowPlan next = plan.admittingNulls(types);
        target.follow(next, null);
        return next;
    }

    private static boolean isNew(RowPlan present, RelationMessage.Field field) {
        return present.relation().columns().stream().noneMatch(f -> f.name().equals(field.name()));
    }

    private static @Nullable String reason(List<String> reasons) {
        return reasons.isEmpty()
                ? null
                : String.join("; ", reasons) + ": rows have changed without row messages in the log";
    }

    private Map<String, Attribute> read(int relationId) {
        try (Connection connection = sessions.open();
                PreparedStatement statement = connection.prepareStatement(SELECT)) {
            statement.setLong(1, Integer.toUnsignedLong(relationId));
            Map<String, Attribute> attributes = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    attributes.put(row.getString(1), new Attribute(row.getBoolean(2), row.getBoolean(3)));
                }
            }
            return attributes;
        } catch (SQLException e) {
            throw sessions.failed("the columns of a captured table could not be read", e);
        }
    }
}
