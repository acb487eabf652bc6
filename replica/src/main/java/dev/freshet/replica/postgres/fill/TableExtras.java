package dev.freshet.replica.postgres.fill;

import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What belongs to a table besides columns, indexes and constraints, as statements that name it, to be run on the table that
 * has taken its place: owner, grants, comment, row security, triggers, owned sequences, replica identity.
 */
final class TableExtras {
    private static final List<String> QUERIES = List.of(
            // owner first: only it may grant
            """
            SELECT 'ALTER TABLE ' || c.oid::pg_catalog.regclass || ' OWNER TO ' || pg_catalog.quote_ident(o.rolname)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_roles o ON o.oid = c.relowner
            WHERE c.oid = ?::pg_catalog.regclass AND o.rolname <> current_user
            """,
            // the new table was made with the creator's default privileges, some of which the old one may not have
            """
            SELECT DISTINCT 'REVOKE ALL ON ' || c.oid::pg_catalog.regclass || ' FROM '
              || CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(g.rolname) END
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_default_acl d ON d.defaclobjtype = 'r' AND d.defaclnamespace IN (0, c.relnamespace)
            JOIN pg_catalog.pg_roles o ON o.oid = d.defaclrole AND o.rolname = current_user
            CROSS JOIN pg_catalog.aclexplode(d.defaclacl) a
            LEFT JOIN pg_catalog.pg_roles g ON g.oid = a.grantee
            WHERE c.oid = ?::pg_catalog.regclass AND a.grantee NOT IN (c.relowner, o.oid)
            """,
            """
            SELECT 'GRANT ' || a.privilege_type || ' ON ' || c.oid::pg_catalog.regclass || ' TO '
              || CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(g.rolname) END
              || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
            FROM pg_catalog.pg_class c CROSS JOIN pg_catalog.aclexplode(c.relacl) a
            LEFT JOIN pg_catalog.pg_roles g ON g.oid = a.grantee
            WHERE c.oid = ?::pg_catalog.regclass AND a.grantee <> c.relowner
            """,
            """
            SELECT 'GRANT ' || a.privilege_type || ' (' || pg_catalog.quote_ident(t.attname) || ') ON '
              || c.oid::pg_catalog.regclass || ' TO '
              || CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(g.rolname) END
              || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped
            CROSS JOIN pg_catalog.aclexplode(t.attacl) a
            LEFT JOIN pg_catalog.pg_roles g ON g.oid = a.grantee
            WHERE c.oid = ?::pg_catalog.regclass
            """,
            """
            SELECT 'COMMENT ON TABLE ' || c.oid::pg_catalog.regclass || ' IS '
              || pg_catalog.quote_literal(pg_catalog.obj_description(c.oid, 'pg_class'))
            FROM pg_catalog.pg_class c
            WHERE c.oid = ?::pg_catalog.regclass AND pg_catalog.obj_description(c.oid, 'pg_class') IS NOT NULL
            """,
            """
            SELECT 'ALTER TABLE ' || c.oid::pg_catalog.regclass || ' ENABLE ROW LEVEL SECURITY'
              || CASE WHEN c.relforcerowsecurity THEN ', FORCE ROW LEVEL SECURITY' ELSE '' END
            FROM pg_catalog.pg_class c WHERE c.oid = ?::pg_catalog.regclass AND c.relrowsecurity
            """,
            """
            SELECT 'ALTER TABLE ' || c.oid::pg_catalog.regclass || ' REPLICA IDENTITY '
              || CASE c.relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END
            FROM pg_catalog.pg_class c WHERE c.oid = ?::pg_catalog.regclass AND c.relreplident IN ('f', 'n')
            """,
            """
            SELECT pg_catalog.pg_get_triggerdef(t.oid) || CASE t.tgenabled WHEN 'O' THEN '' ELSE
              '; ALTER TABLE ' || t.tgrelid::pg_catalog.regclass
              || CASE t.tgenabled WHEN 'D' THEN ' DISABLE' WHEN 'A' THEN ' ENABLE ALWAYS' ELSE ' ENABLE REPLICA' END
              || ' TRIGGER ' || pg_catalog.quote_ident(t.tgname) END
            FROM pg_catalog.pg_trigger t
            WHERE t.tgrelid = ?::pg_catalog.regclass AND NOT t.tgisinternal ORDER BY t.tgname
            """,
            """
            SELECT 'ALTER SEQUENCE ' || d.objid::pg_catalog.regclass || ' OWNED BY ' || c.oid::pg_catalog.regclass || '.'
              || pg_catalog.quote_ident(t.attname)
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid
              AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'a'
            JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
            JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND t.attnum = d.refobjsubid
            WHERE c.oid = ?::pg_catalog.regclass
            """);

    private TableExtras() {}

    /** Returns the statements; names in them are resolved by the session's search path as they were written by it. */
    static List<String> statements(Connection db, TableName table) throws SQLException {
        List<String> all = new ArrayList<>();
        for (String query : QUERIES) {
            all.addAll(Shadow.texts(db, query, table.quoted()));
        }
        return all;
    }

    /** Lets go of the sequences that would be dropped with the table. */
    static void freeSequences(Connection db, TableName table) throws SQLException {
        for (String sql : Shadow.texts(db, QUERIES.get(QUERIES.size() - 1), table.quoted())) {
            Shadow.execute(db, sql.substring(0, sql.indexOf(" OWNED BY ")) + " OWNED BY NONE");
        }
    }
}
