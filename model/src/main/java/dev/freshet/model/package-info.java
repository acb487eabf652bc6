/**
 * The nouns of the protocol: positions, headers, ledger and schema records, with their codecs.
 */
@NullMarked
package dev.freshet.model;

import org.jspecify.annotations.NullMarked;
