package dev.freshet.model.ledger;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The shape of a stream's values: from it a copy's table is made and evolved.
 *
 * @param stream the stream's name
 * @param columns the columns in the table's order, at least one
 * @param key the key columns' names in the key's order, at least one
 */
public record SchemaRecord(String stream, List<Column> columns, List<String> key) {
    private static final int VERSION_BYTES = 8;

    /** Copies the lists and rejects a key that is no column. */
    public SchemaRecord {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        if (columns.isEmpty() || key.isEmpty()) {
            throw new IllegalArgumentException("The schema of stream '" + stream + "' needs columns and a key");
        }
        for (String k : key) {
            if (columns.stream().noneMatch(c -> c.name().equals(k))) {
                throw new IllegalArgumentException(
                        "The key column '" + k + "' of stream '" + stream + "' is not among its columns");
            }
        }
    }

    /** Returns the version: the first 16 hexadecimal digits of the SHA-256 of the content. */
    public String version() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(LedgerCodec.encode(this));
            return HexFormat.of().formatHex(hash, 0, VERSION_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Returns the text of the content, as the ledger has it. */
    public String toJson() {
        return new String(LedgerCodec.encode(this), StandardCharsets.UTF_8);
    }
}
