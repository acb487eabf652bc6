package dev.freshet.relay.internal;

import dev.freshet.model.RetriableException;

/** More would wait among the dead letters than may; what was routed before is to be written, so that it can be dealt with. */
final class ParkingFullException extends RetriableException {
    private static final long serialVersionUID = 1;

    ParkingFullException(String message) {
        super(message);
    }
}
