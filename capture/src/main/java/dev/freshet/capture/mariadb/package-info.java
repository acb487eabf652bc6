/**
 * MariaDB and MySQL as databases that are polled. Knows no driver but by its URL; any thread may use it.
 */
@NullMarked
package dev.freshet.capture.mariadb;

import org.jspecify.annotations.NullMarked;
