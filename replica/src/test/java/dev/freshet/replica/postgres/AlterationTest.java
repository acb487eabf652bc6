package dev.freshet.replica.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.apply.AppliedTable;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.replica.port.TableLockedException;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

@OnServers
class AlterationTest {
    private static final SchemaRecord WIDER = AppliedTable.schema(
            new Column("id", "bigint", false, true),
            new Column("name", "text", true, true),
            new Column("n", "integer", true, true),
            new Column("extra", "text", true, true));

    @Test
    void tableThatIsUsed_isNotAlteredForAFill(TestDatabase database) throws Exception {
        try (AppliedTable t = new AppliedTable(database, SchemaPolicy.EVOLVE, AppliedTable.SCHEMA);
                Connection reader = t.consumer.open();
                Statement reads = reader.createStatement()) {
            PostgresSession session = t.session(t.db);
            reads.executeQuery("SELECT FROM t").close();
            TableLockedException e = assertThrows(TableLockedException.class, () -> alter(session, t));
            assertTrue(String.valueOf(e.getMessage()).contains("public.t is used"), e.getMessage());
            session.rollback();
            reader.rollback();
            assertTrue(alter(session, t));
            assertEquals(List.of(), t.rows("SELECT extra FROM t"));
        }
    }

    private static boolean alter(PostgresSession session, AppliedTable t) {
        StreamRow row = Objects.requireNonNull(session.streams().lock("t"));
        return session.alterForFill(t.target, WIDER, row);
    }
}
