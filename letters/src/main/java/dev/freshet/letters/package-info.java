/**
 * Dead letters: what could not go where it belongs, in a topic of its own. Read to its end, such a topic tells which letters are
 * dealt with and which wait; whoever sends one again, or gives one up, says so in the same topic.
 */
@NullMarked
package dev.freshet.letters;

import org.jspecify.annotations.NullMarked;
