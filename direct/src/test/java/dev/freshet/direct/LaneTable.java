package dev.freshet.direct;

import dev.freshet.direct.LanesModel.Wrong;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The table of a {@link LanesModel}, and what the process has asked of it and has no answer to. */
final class LaneTable implements LanePorts.Undelivered {
    private final LanePlaces places;
    private final Wrong wrong;
    private final Deque<Keeper.Order> orders = new ArrayDeque<>();
    boolean away;

    LaneTable(LanePlaces places, Wrong wrong) {
        this.places = places;
        this.wrong = wrong;
    }

    @Override
    public void keep(Keeper.Order order) {
        orders.add(order);
    }

    /** A reading is an order to keep nothing. */
    @Override
    public void read(int most, Consumer<Optional<Set<String>>> answer) {
        keep(new Keeper.Order(
                List.of(),
                Optional.empty(),
                result -> answer.accept(
                        result == Keeper.Result.FAILED
                                ? Optional.empty()
                                : Optional.of(places.keysWithRows().stream()
                                        .limit(most)
                                        .collect(Collectors.toSet())))));
    }

    /** Takes the oldest order, or does not; it may have taken it although nobody says so. Returns whether there was one. */
    boolean answer(int how) {
        Keeper.Order order = orders.poll();
        if (order == null) {
            return false;
        }
        if (away || how == 0) {
            order.answer().accept(Keeper.Result.FAILED);
        } else if (order.unlessFree().isPresent()
                && (wrong == Wrong.SAY_FREE
                        || !places.keysWithRows().contains(order.unlessFree().get()))) {
            order.answer().accept(Keeper.Result.FREE);
        } else {
            if (wrong != Wrong.KEEP_NOTHING) {
                places.keep(order.entries());
            }
            order.answer().accept(how == 1 ? Keeper.Result.FAILED : Keeper.Result.KEPT);
        }
        return true;
    }

    /** The process ends: what it has asked for arrives or does not. */
    void crash(Random random) {
        for (Keeper.Order order : orders) {
            boolean wanted = order.unlessFree()
                    .map(key -> places.keysWithRows().contains(key))
                    .orElse(true);
            if (random.nextBoolean() && !away && wanted) {
                places.keep(order.entries());
            }
        }
        orders.clear();
    }
}
