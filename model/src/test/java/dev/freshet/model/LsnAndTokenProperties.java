package dev.freshet.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class LsnAndTokenProperties {
    private static final long PAGE = 8192;

    @Property
    void lsn_readBack_isTheSame(@ForAll @LongRange(min = 0) long lsn) {
        assertEquals(lsn, Lsn.parse(Lsn.format(lsn)));
    }

    @Property
    void token_readBack_isTheSame(
            @ForAll @LongRange(min = 0) long system,
            @ForAll @LongRange(min = 1, max = 0xffffffffL) long timeline,
            @ForAll @LongRange(min = 0) long lsn) {
        Token token = new Token(Long.toString(system), timeline, lsn);
        assertEquals(token, Token.parse(token.toString()));
        assertTrue(token.toString().matches("[0-9a-f.]+"));
    }

    @Property
    void normalise_neverGoesUp_andNeverPastThePage(@ForAll @LongRange(min = 0) long lsn) {
        long normal = Lsn.normalise(lsn, PAGE);
        assertTrue(normal <= lsn);
        assertEquals(lsn / PAGE, normal / PAGE);
        assertEquals(normal, Lsn.normalise(normal, PAGE));
    }

    @Example
    void normalise_behindThePageHeader_isThePagesBegin() {
        assertEquals(0x2000000, Lsn.normalise(0x2000000 + 40, PAGE));
        assertEquals(0x2002000, Lsn.normalise(0x2002000 + 24, PAGE));
        assertEquals(0x2002000 + 48, Lsn.normalise(0x2002000 + 48, PAGE));
    }

    @Example
    void parse_rubbish_isRefusedWithTheText() {
        for (String text : new String[] {"", "/", "0/", "/1", "1", "0/G", "123456789/0", "0/123456789"}) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Lsn.parse(text));
            assertTrue(String.valueOf(e.getMessage()).contains("'" + text + "'"));
        }
        for (String text : new String[] {"", "1.1", "x.1.1", "1.0.1", "1.1.1.1", "1.1.fffffffffffffffff"}) {
            assertThrows(IllegalArgumentException.class, () -> Token.parse(text), text);
        }
    }

    @Example
    void name_thatBreaksTheRule_isRefusedWithTheRule() {
        for (String name : new String[] {"", "Shop", "1shop", "shop.eu", "freshet-ledger", "a".repeat(50)}) {
            assertThrows(IllegalArgumentException.class, () -> Names.require("source", name), name);
        }
        assertEquals("shop", Names.require("source", "shop"));
        assertEquals("freshet_my_shop", Names.slot("my-shop"));
    }
}
