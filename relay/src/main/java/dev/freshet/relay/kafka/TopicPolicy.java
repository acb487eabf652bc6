package dev.freshet.relay.kafka;

import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.TopicConfig;

/** The settings that a stream's topic must have for copies to be able to prove what they claim. */
final class TopicPolicy {
    private static final String FOR_EVER = "-1";

    private TopicPolicy() {}

    /** Returns the settings by Kafka's names. */
    static Map<String, String> of(StreamSettings stream) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        if (stream.content() instanceof StreamSettings.Rows rows) {
            config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
            config.put(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, millis(rows.minCompactionLag()));
            config.put(TopicConfig.DELETE_RETENTION_MS_CONFIG, millis(rows.deleteRetention()));
        } else if (stream.content() instanceof StreamSettings.Events events) {
            config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
            config.put(
                    TopicConfig.RETENTION_MS_CONFIG,
                    events.retention().map(TopicPolicy::millis).orElse(FOR_EVER));
            config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(events.maxMessageBytes()));
        }
        if (stream.minInsyncReplicas() > 0) {
            config.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(stream.minInsyncReplicas()));
        }
        return config;
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }

    /**
     * Compares a topic with its stream's settings.
     *
     * @param partitions how many partitions the topic has
     * @param actual the topic's settings
     * @return a sentence for each contradiction, with both values and the way out
     */
    static List<String> contradictions(StreamSettings stream, int partitions, Config actual) {
        List<String> problems = new ArrayList<>();
        if (partitions != stream.partitions()) {
            problems.add("Topic '" + stream.topic() + "' has " + partitions
                    + (partitions == 1 ? " partition" : " partitions") + ", but streams." + stream.name()
                    + ".partitions is " + stream.partitions() + ": set it to "
                    + partitions + ", or remove the stream ('freshet remove stream " + stream.name()
                    + "') and let Freshet make the topic anew");
        }
        of(stream).forEach((name, wanted) -> {
            ConfigEntry entry = actual.get(name);
            String value = entry == null || entry.value() == null ? "" : entry.value();
            if (!fits(name, value, wanted)) {
                problems.add("Topic '" + stream.topic() + "' has " + name + "=" + value + ", but stream '"
                        + stream.name() + "' needs " + wanted + ": change the topic (kafka-configs.sh --alter --topic "
                        + stream.topic() + " --add-config " + name + "=" + wanted + ")" + wayByConfiguration(name));
            }
        });
        return problems;
    }

    private static boolean fits(String name, String value, String wanted) {
        return (name.equals(TopicConfig.MAX_MESSAGE_BYTES_CONFIG) && !value.isEmpty())
                ? Long.parseLong(value) >= Long.parseLong(wanted)
                : value.equals(wanted);
    }

    /** Returns the ledger's settings by Kafka's names. */
    static Map<String, String> ofLedger() {
        // Small segments and an early compaction: a reader reads the ledger whole, and the active segment is never
        // compacted.
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime",
                TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(8 << 20),
                TopicConfig.SEGMENT_MS_CONFIG, "600000",
                TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, "600000",
                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1");
    }

    /**
     * Says what makes a ledger's topic none.
     *
     * @param partitions how many partitions the topic has
     * @param actual the topic's settings
     * @return a sentence for each contradiction, with the way out
     */
    static List<String> ledgerContradictions(RelaySettings settings, int partitions, Config actual) {
        List<String> problems = new ArrayList<>();
        String another = "name another with sources." + settings.source() + ".ledger";
        if (partitions != 1) {
            problems.add("The ledger topic '" + settings.ledger() + "' has " + partitions
                    + " partitions, but a ledger has one: " + another);
        }
        ConfigEntry policy = actual.get(TopicConfig.CLEANUP_POLICY_CONFIG);
        if (policy == null || !TopicConfig.CLEANUP_POLICY_COMPACT.equals(policy.value())) {
            problems.add("The ledger topic '" + settings.ledger() + "' has cleanup.policy="
                    + (policy == null ? "" : policy.value())
                    + ", but a ledger that forgets is none: change the topic (kafka-configs.sh --alter --topic "
                    + settings.ledger() + " --add-config cleanup.policy=compact), or " + another);
        }
        return problems;
    }

    private static String wayByConfiguration(String name) {
        return switch (name) {
            case TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG -> " or the setting 'min-compaction-lag'";
            case TopicConfig.DELETE_RETENTION_MS_CONFIG -> " or the setting 'delete-retention'";
            case TopicConfig.RETENTION_MS_CONFIG -> " or the setting 'retention'";
            case TopicConfig.MAX_MESSAGE_BYTES_CONFIG -> " or the setting 'max-message-size'";
            case TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG -> " or the setting 'min-insync-replicas'";
            default -> "";
        };
    }
}
