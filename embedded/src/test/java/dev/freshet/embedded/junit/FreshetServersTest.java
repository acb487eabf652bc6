package dev.freshet.embedded.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TestServers;
import dev.freshet.embedded.TopicPrefix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnServers
class FreshetServersTest {

    private TestDatabase before;
    private TopicPrefix prefixBefore;

    @BeforeEach
    void prepare(TestDatabase source, TopicPrefix prefix) {
        before = source;
        prefixBefore = prefix;
    }

    @Test
    void sameName_isSameDatabase_otherNameIsAnother(TestDatabase source, TestDatabase target, TopicPrefix prefix)
            throws Exception {
        assertSame(before, source);
        assertNotEquals(source.name(), target.name());
        assertEquals(prefixBefore, prefix);
        source.execute("create table shared_name (id int primary key)");
        target.execute("create table shared_name (id int primary key)");
    }

    @Test
    void eachTest_hasADatabaseOfItsOwn(TestDatabase source) throws Exception {
        source.execute("create table shared_name (id int primary key)");
    }

    @Test
    void servers_areOnePerJvm(EmbeddedKafka kafka, EmbeddedPostgres postgres, TestServers servers) {
        assertSame(servers.kafka(), kafka);
        assertSame(servers.postgres(), postgres);
        assertSame(before.server(), postgres);
        assertSame(TestServers.shared(), servers);
    }
}
