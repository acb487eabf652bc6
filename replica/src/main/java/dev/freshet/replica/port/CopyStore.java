package dev.freshet.replica.port;

/** The database that holds the copies of one replica. For any thread. */
public interface CopyStore {
    /**
     * Opens a session, which belongs to the calling thread.
     *
     * @throws StoreException if the database cannot be reached, or refuses
     * @throws dev.freshet.model.ConfigurationException if it cannot be addressed as it is configured
     */
    CopySession open();
}
