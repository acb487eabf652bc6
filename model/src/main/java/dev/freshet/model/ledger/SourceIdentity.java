package dev.freshet.model.ledger;

/**
 * What tells one source from another that has its address.
 *
 * @param name the source's name in the configuration
 * @param type the kind of source, such as {@code postgresql}
 * @param system the system identifier, digits
 * @param timeline the timeline, from 1
 * @param database the database's name
 * @param slot the replication slot
 */
public record SourceIdentity(String name, String type, String system, long timeline, String database, String slot) {}
