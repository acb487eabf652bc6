package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.outbox.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Kafka that lets the service write to one of its topics and not to the other. */
@Tag("servers")
class RefusedByAclTest {
    private static AclBinding entry(String topic, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", operation, permission));
    }

    @Test
    void topicThatMayNotBeWritten_parksItsKeysAlone() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.builder()
                        .property("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                        .property("allow.everyone.if.no.acl.found", "true")
                        .start();
                World world = new World(kafka.bootstrapServers(), "shop").makeTopic(Map.of())) {
            world.makeTopic("shop.bills", Map.of());
            world.admin()
                    .createAcls(List.of(
                            entry("shop.bills", AclOperation.WRITE, AclPermissionType.DENY),
                            entry("shop.bills", AclOperation.DESCRIBE, AclPermissionType.ALLOW)))
                    .all()
                    .get();
            try (DirectPublisher direct =
                    world.publisher().stream("bills", "shop.bills").build()) {
                List<CompletionStage<Outcome>> stages = new ArrayList<>();
                CompletionStage<Outcome> bill = direct.publish(
                        Event.builder("bills", "bill-sent").key("a").payload(1).build());
                for (int i = 0; i < 20; i++) {
                    stages.add(direct.publish(World.order("a", "" + i)));
                }
                World.assertOutcomes(Outcome.SENT, stages);
                assertEquals(Outcome.DEAD_LETTERED, World.outcome(bill));
                assertEquals(1, direct.status().parkedKeys());
            }
            ConsumerRecord<byte[], byte[]> letter = world.records(world.letters).get(0);
            assertEquals("refused", World.header(letter, DeadLetterHeaders.ERROR));
            assertTrue(World.header(letter, DeadLetterHeaders.REASON).contains("may not write to topic 'shop.bills'"));
        }
    }
}
