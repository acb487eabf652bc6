package dev.freshet.direct;

import dev.freshet.model.event.PublishedEvent;

/**
 * An event that may be sent and has its place in the queue.
 *
 * @param event the event
 * @param bytes the room that it holds
 * @param behind whether it holds one of its parked key's places
 * @param named whether its caller has named its id
 */
record Admitted(PublishedEvent event, int bytes, boolean behind, boolean named) {}
