package dev.freshet.replica.apply;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KeyFilterTest {
    private static byte[] key(int i) {
        return ("{\"id\":" + i + "}").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aKeyThatWasSeen_isNeverTakenForNew() {
        KeyFilter filter = new KeyFilter(64 << 10);
        for (int i = 0; i < 200_000; i++) {
            filter.perhapsSeen(key(i));
        }
        for (int i = 0; i < 200_000; i++) {
            assertTrue(filter.perhapsSeen(key(i)));
        }
    }

    @Test
    void withAByteAKey_fewNewKeysAreTakenForSeen() {
        KeyFilter filter = new KeyFilter(1 << 20);
        int wrong = 0;
        for (int i = 0; i < 1 << 20; i++) {
            wrong += filter.perhapsSeen(key(i)) ? 1 : 0;
        }
        assertTrue(wrong < (1 << 20) / 40, "taken for seen: " + wrong);
    }
}
