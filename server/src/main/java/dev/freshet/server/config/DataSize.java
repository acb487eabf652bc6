package dev.freshet.server.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes as PostgreSQL writes them: {@code kB}, {@code MB}, {@code GB} and {@code TB} are powers of 1024. */
public final class DataSize {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,12})\\s*(B|kB|MB|GB|TB)");
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private DataSize() {}

    /**
     * Reads a size.
     *
     * @return bytes, or -1 if the text is none
     */
    public static long parse(String text) {
        Matcher m = TEXT.matcher(text.strip());
        if (!m.matches()) {
            return -1;
        }
        long number = Long.parseLong(m.group(1));
        int power = java.util.Arrays.asList(UNITS).indexOf(m.group(2));
        long factor = 1L << (10 * power);
        return number > Long.MAX_VALUE / factor ? -1 : number * factor;
    }

    /** Returns a size for people: exact where a unit fits, else with one digit after the point. */
    public static String format(long bytes) {
        int power = 0;
        long unit = 1;
        while (power < UNITS.length - 1 && bytes >= unit * 1024) {
            unit *= 1024;
            power++;
        }
        return bytes % unit == 0
                ? bytes / unit + UNITS[power]
                : String.format(java.util.Locale.ROOT, "%.1f%s", (double) bytes / unit, UNITS[power]);
    }
}
