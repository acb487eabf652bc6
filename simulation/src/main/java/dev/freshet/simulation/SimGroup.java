package dev.freshet.simulation;

import dev.freshet.stream.Partition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** A consumer group. A member finds what it has got, and lost, when it polls. */
final class SimGroup {
    private final SimKafka kafka;
    private final Random random;
    private final List<SimStreamReader> members = new ArrayList<>();
    private final Map<Partition, SimStreamReader> wanted = new HashMap<>();
    private final Map<Partition, SimStreamReader> owners = new HashMap<>();

    SimGroup(SimKafka kafka, Random random) {
        this.kafka = kafka;
        this.random = random;
    }

    boolean has(SimStreamReader member) {
        return members.contains(member);
    }

    void join(SimStreamReader member) {
        members.add(member);
        rebalance();
    }

    /** A member leaves, or is not heard of any more; it need not know. */
    void leave(SimStreamReader member) {
        members.remove(member);
        owners.values().removeIf(o -> o == member);
        rebalance();
    }

    /** The group does not hear of one of its members any more. */
    void evictOne() {
        if (!members.isEmpty()) {
            leave(members.get(random.nextInt(members.size())));
        }
    }

    /** The group does not hear of a process any more. */
    void evict(SimProcess process) {
        for (SimStreamReader member : List.copyOf(members)) {
            if (member.isOf(process)) {
                leave(member);
            }
        }
    }

    /** Evicts those whose process has ended. */
    void evictDead() {
        for (SimStreamReader member : List.copyOf(members)) {
            if (member.isDead()) {
                leave(member);
            }
        }
    }

    /** Gives each partition to a member. */
    void rebalance() {
        wanted.clear();
        Set<Partition> all = new TreeSet<>();
        for (SimStreamReader member : members) {
            for (String topic : member.subscribed()) {
                List<SimLog> logs = kafka.topics.get(topic);
                for (int p = 0; logs != null && p < logs.size(); p++) {
                    all.add(new Partition(topic, p));
                }
            }
        }
        for (Partition p : all) {
            wanted.put(p, members.get(random.nextInt(members.size())));
        }
    }

    /** Returns what the member has and is to give up. */
    Set<Partition> toGiveUp(SimStreamReader member) {
        Set<Partition> gone = new HashSet<>();
        owners.forEach((p, owner) -> {
            if (owner == member && wanted.get(p) != member) {
                gone.add(p);
            }
        });
        return gone;
    }

    void gaveUp(Set<Partition> partitions) {
        partitions.forEach(owners::remove);
    }

    /** Gives the member what it is to have and nobody has. */
    Set<Partition> take(SimStreamReader member) {
        Set<Partition> come = new TreeSet<>();
        wanted.forEach((p, to) -> {
            if (to == member && !owners.containsKey(p)) {
                come.add(p);
            }
        });
        come.forEach(p -> owners.put(p, member));
        return come;
    }

    /** Returns whether every partition is where it is wanted, with a living member. */
    boolean settled() {
        return wanted.entrySet().stream().allMatch(e -> owners.get(e.getKey()) == e.getValue());
    }
}
