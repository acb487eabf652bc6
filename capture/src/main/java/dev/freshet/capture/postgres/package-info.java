/**
 * The adapter that tails a PostgreSQL server's log (14 to 18): {@link dev.freshet.capture.postgres.PostgresSource}, built
 * from {@link dev.freshet.capture.postgres.PostgresSettings}.
 *
 * <p>Depends on pgjdbc and the server's own output plugin {@code pgoutput}. A source keeps one ordinary connection for its
 * thread; an open log has a replication connection and a thread of its own that decodes ahead, within a limit in bytes.
 *
 * <h2>A role with the least rights</h2>
 *
 * <p>The role that Freshet logs in with needs {@code LOGIN}, {@code REPLICATION} and {@code SELECT} on the captured tables and
 * their partitions. Making a publication takes the tables' owner, so with such a role the owner makes it beforehand:
 *
 * <pre>{@code
 * CREATE ROLE freshet LOGIN REPLICATION PASSWORD '…';
 * GRANT USAGE ON SCHEMA public TO freshet;
 * GRANT SELECT ON public.customer, public.orders TO freshet;
 * CREATE PUBLICATION freshet_shop FOR TABLE public.customer, public.orders
 *     WITH (publish_via_partition_root = true);
 * }</pre>
 *
 * <p>On PostgreSQL 18, {@code publish_generated_columns = stored} in the same list publishes stored generated columns too.
 * A role that owns the tables and has {@code CREATE} on the database makes and alters the publication by itself.
 */
@NullMarked
package dev.freshet.capture.postgres;

import org.jspecify.annotations.NullMarked;
