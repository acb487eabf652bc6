package dev.freshet.relay.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class MailboxTest {
    private final Mailbox<String, Integer> mailbox = new Mailbox<>();

    @Test
    void newestAnswer_isTakenOnce() {
        mailbox.ask("how many");
        Mailbox.Asked<String> asked = mailbox.asked();
        assertNotNull(asked);
        mailbox.answer(asked, 1);
        mailbox.ask("how many now");
        mailbox.answer(asked, 2);
        assertEquals(2, mailbox.take());
        assertNull(mailbox.take());
    }

    @Test
    void answerToWhatIsWantedNoMore_isNotDelivered() {
        mailbox.ask("how many");
        Mailbox.Asked<String> asked = mailbox.asked();
        assertNotNull(asked);
        mailbox.rest();
        assertNull(mailbox.asked());
        mailbox.ask("how many");
        mailbox.answer(asked, 1);
        assertNull(mailbox.take());
    }
}
