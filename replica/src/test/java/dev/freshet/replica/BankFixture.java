package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What all tests of a {@code per-transaction} copy begin and end with: a {@link Bank}, of which no reader saw a wrong sum. */
@OnServers
abstract class BankFixture {
    Bank bank;

    @BeforeEach
    void open(EmbeddedKafka kafka, TopicPrefix prefix, TestDatabase database) throws Exception {
        bank = new Bank(kafka, prefix.name("bank"), database);
    }

    @AfterEach
    void close() throws Exception {
        bank.close();
        assertEquals(List.of(), List.copyOf(bank.wrong));
    }
}
