package dev.freshet.outbox;

class MariaDbMigrationTest extends MariaDbMigrationSuite {
    MariaDbMigrationTest() {
        super(Dialect.MARIADB, "utf8mb4_nopad_bin");
    }
}
