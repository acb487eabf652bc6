package dev.freshet.capture.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * pgoutput's description of a table, sent before its first change and after each invalidation of its catalog entry.
 *
 * @param relationId the table's oid (the root's, where the publication has {@code publish_via_partition_root})
 * @param columns what each tuple holds, in order
 */
record RelationMessage(int relationId, List<Field> columns) {
    /**
     * A column.
     *
     * @param name its name
     * @param typeOid {@code atttypid}
     * @param typmod {@code atttypmod}
     */
    record Field(String name, int typeOid, int typmod) {}

    RelationMessage {
        columns = List.copyOf(columns);
    }

    /** Reads the message, whose kind byte stands at the index. */
    static RelationMessage read(byte[] in, int from) {
        int relationId = Bytes.int4(in, from + 1);
        int schemaEnd = Bytes.nameEnd(in, from + 5);
        int nameEnd = Bytes.nameEnd(in, schemaEnd + 1);
        int at = nameEnd + 1 + 1;
        int count = Bytes.int2(in, at);
        at += 2;
        List<Field> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int begin = at + 1;
            int end = Bytes.nameEnd(in, begin);
            columns.add(new Field(Bytes.text(in, begin, end), Bytes.int4(in, end + 1), Bytes.int4(in, end + 5)));
            at = end + 9;
        }
        return new RelationMessage(relationId, columns);
    }
}
