/**
 * The nouns of the protocol, and the only thing that both ends of a topic must agree on: positions, tokens, names,
 * record headers, and the ledger's and schema's records with their codecs.
 *
 * <p>For every module of Freshet and for programs that read Freshet's topics with their own client. Depends on nothing
 * but the JDK and does no input or output. Every type here is an immutable value and safe to share between threads,
 * except the readers and writers of {@code json}, which belong to one thread.
 */
@NullMarked
package dev.freshet.model;

import org.jspecify.annotations.NullMarked;
