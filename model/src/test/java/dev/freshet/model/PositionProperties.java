package dev.freshet.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PositionProperties {
    @Provide
    Arbitrary<Position> positions() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 0xffff),
                        Arbitraries.longs().between(0, Long.MAX_VALUE),
                        Arbitraries.longs().between(0, (1L << 40) - 1),
                        Arbitraries.longs().between(0, (1L << 32) - 1))
                .as(Position::new);
    }

    /** Positions that share a long begin, so that the later parts decide. */
    @Provide
    Arbitrary<Position> near() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 2),
                        Arbitraries.longs().between(255, 257),
                        Arbitraries.longs().between(15, 17),
                        Arbitraries.longs().between(0, 2))
                .as(Position::new);
    }

    @Property
    void text_readBack_isTheSame(@ForAll("positions") Position p) {
        assertEquals(p, Position.parse(p.toString()));
        assertEquals(p, Position.parse(p.toBytes()));
        assertEquals(Position.TEXT_LENGTH, p.toString().length());
    }

    @Property
    void text_sortsLikeThePosition(@ForAll("positions") Position a, @ForAll("positions") Position b) {
        assertEquals(Integer.signum(a.compareTo(b)), Integer.signum(a.toString().compareTo(b.toString())));
    }

    @Property
    void text_sortsLikeThePosition_alsoWhenTheyAreNear(@ForAll("near") Position a, @ForAll("near") Position b) {
        assertEquals(Integer.signum(a.compareTo(b)), Integer.signum(a.toString().compareTo(b.toString())));
        assertEquals(a.compareTo(b) > 0, a.isAfter(b));
    }

    @Property
    void boundary_isAboveTheTransaction_andBelowTheNext(
            @ForAll("positions") Position change, @ForAll("near") Position unused) {
        if (change.lsn() > Long.MAX_VALUE - 100 || change.ordinal() == 0) {
            return;
        }
        Position boundary = Position.boundary(change.epoch(), change.lsn() + 40);
        Position next = new Position(change.epoch(), change.lsn() + 40, 1, 0);
        assertTrue(boundary.isAfter(change));
        assertTrue(next.isAfter(boundary));
    }

    @Property
    void parse_anyOtherText_isRefusedWithTheText(@ForAll String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == Position.TEXT_LENGTH) {
            return;
        }
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Position.parse(bytes));
        assertTrue(String.valueOf(e.getMessage()).contains("Not a position"));
    }

    @Example
    void parse_upperCaseDigits_areRefused() {
        String text = new Position(1, 0xabc, 1, 0).toString().toUpperCase(java.util.Locale.ROOT);
        assertThrows(IllegalArgumentException.class, () -> Position.parse(text));
    }

    @Example
    void constructor_outOfRange_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Position(-1, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Position(0x10000, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Position(1, -1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Position(1, 0, 1L << 40, 0));
        assertThrows(IllegalArgumentException.class, () -> new Position(1, 0, 0, 1L << 32));
    }
}
