package dev.freshet.relay.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.jspecify.annotations.Nullable;

/** What the relay's user must be allowed to do with each of its topics. */
final class TopicRights {
    private TopicRights() {}

    /**
     * Returns the rights that are missing, each a sentence that names operation and topic.
     *
     * @param allowed what the brokers say that the user may do; null if they do not tell, and then nothing is missing
     */
    static List<String> missing(String topic, @Nullable Set<AclOperation> allowed) {
        List<String> missing = new ArrayList<>();
        if (allowed != null && !allowed.contains(AclOperation.READ)) {
            missing.add(
                    sentence(topic, "Read", "a re-snapshot reads which keys it has, to find those that have vanished"));
        }
        if (allowed != null && !allowed.contains(AclOperation.WRITE)) {
            missing.add(sentence(topic, "Write", "the relay writes it"));
        }
        return missing;
    }

    private static String sentence(String topic, String operation, String why) {
        return "The relay's Kafka user may not " + operation.toLowerCase(Locale.ROOT) + " topic '" + topic + "', but "
                + why + ": allow it (kafka-acls.sh --add --operation " + operation + " --topic '" + topic + "')";
    }
}
