package dev.freshet.server.config;

/** Writes the reference document of all settings from their declarations. */
public final class Reference {
    private Reference() {}

    /** Returns the document, as Markdown. */
    public static String markdown() {
        StringBuilder out = new StringBuilder();
        out.append("# Configuration reference\n\n")
                .append("<!-- Written from the declarations of the settings; a test compares it. Do not edit. -->\n\n")
                .append(
                        "Freshet reads one YAML file, `freshet.yaml` by convention. `freshet check -c freshet.yaml` tells every\n")
                .append("mistake in it and shows every name that is derived from it.\n\n")
                .append(
                        "- `${NAME}` in a value is replaced by the environment variable; one that is not set is a mistake.\n")
                .append("  `${NAME:-default}` gives a default, `$${` stands for `${` itself.\n")
                .append("- Durations are a whole number with `ms`, `s`, `m`, `h` or `d`: `250ms`, `7d`.\n")
                .append("- Sizes are a whole number with `kB`, `MB`, `GB` or `TB`, as in PostgreSQL's own settings.\n");
        for (Section section : Sections.all()) {
            out.append("\n## ").append(section.path().isEmpty() ? "The file" : "`" + section.path() + "`");
            out.append("\n\n").append(section.doc()).append("\n\n");
            out.append("| key | value | default | |\n|---|---|---|---|\n");
            for (Setting<?> s : section.settings()) {
                out.append("| `")
                        .append(s.name())
                        .append("` | ")
                        .append(cell(s.type().allowed()));
                out.append(" | ").append(s.required() ? "**required**" : cell(s.defaultText()));
                out.append(" | ").append(cell(s.doc())).append(" |\n");
            }
        }
        return out.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
