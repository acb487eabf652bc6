package dev.freshet.outbox;

/**
 * Has MySQL's migration run on MariaDB by both tools. It shows that they read the file as it is; they know the server for a
 * MariaDB, so that it shows nothing of what they do with a MySQL.
 */
class MySqlTextMigrationTest extends MariaDbMigrationSuite {
    MySqlTextMigrationTest() {
        super(Dialect.MYSQL, "utf8mb4_0900_bin");
    }
}
