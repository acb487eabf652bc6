package dev.freshet.capture.postgres.value;

/** Which encoder a type that is neither a domain nor an array has. */
final class Encoders {
    private Encoders() {}

    static ValueEncoder of(PgType type, boolean key) {
        if (!type.builtIn()) {
            return Scalars.TEXT;
        }
        return switch (type.name()) {
            case "int2", "int4", "int8", "oid", "xid", "xid8", "cid" -> Scalars.INTEGER;
            case "numeric" -> key ? Scalars.NUMBER_KEY : Scalars.NUMBER;
            case "float4", "float8" -> Scalars.NUMBER;
            case "bool" -> Scalars.BOOL;
            case "bytea" -> Scalars.BYTEA;
            case "date" -> Temporals.DATE;
            case "timestamp" -> Temporals.TIMESTAMP;
            case "timestamptz" -> Temporals.INSTANT;
            case "json", "jsonb" -> Scalars.JSON;
            default -> Scalars.TEXT;
        };
    }
}
