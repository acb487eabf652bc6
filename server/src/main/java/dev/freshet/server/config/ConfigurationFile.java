package dev.freshet.server.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads a configuration file, as YAML (of which JSON is a part). */
public final class ConfigurationFile {
    private static final long MAX_BYTES = 4L * 1024 * 1024;

    private ConfigurationFile() {}

    /**
     * Reads a file and checks it as a whole, without asking any server.
     *
     * @param file the file, UTF-8, at most 4 MB
     * @param environment the variables for {@code ${NAME}}
     * @return the configuration, with everything derived filled in
     * @throws InvalidConfigurationException with every mistake
     */
    public static Configuration read(Path file, Map<String, String> environment) {
        return parse(file.toString(), text(file), environment);
    }

    /**
     * Reads only where the server answers; the rest of the file may have mistakes.
     *
     * @param file the file
     * @param environment the variables for {@code ${NAME}}
     * @throws InvalidConfigurationException if the file cannot be read, or with the mistakes of its part {@code http}
     */
    public static HttpConfig readHttp(Path file, Map<String, String> environment) {
        JsonNode root = tree(file.toString(), text(file));
        List<Mistake> mistakes = new ArrayList<>();
        Place place = new Place("", mistakes, new Environment(environment));
        Values http = Values.read(Sections.HTTP, root.get(Sections.HTTP_SECTION.name()), place.at("http"));
        if (!mistakes.isEmpty()) {
            throw new InvalidConfigurationException(file.toString(), mistakes);
        }
        return ConfigurationReader.http(http);
    }

    private static String text(Path file) {
        if (Files.isDirectory(file)) {
            throw invalid(file.toString(), "is a folder; give the path of the file with -c");
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw invalid(file.toString(), "is larger than 4 MB, which no configuration is");
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw invalid(file.toString(), "there is no such file; give its path with -c");
        } catch (IOException e) {
            throw invalid(file.toString(), "cannot be read: " + e);
        }
    }

    /**
     * Checks a configuration that was read already.
     *
     * @param name what to call it in messages
     * @param yaml its text
     * @param environment the variables for {@code ${NAME}}
     * @return the configuration, with everything derived filled in
     * @throws InvalidConfigurationException with every mistake
     */
    public static Configuration parse(String name, String yaml, Map<String, String> environment) {
        JsonNode root = tree(name, yaml);
        List<Mistake> mistakes = new ArrayList<>();
        ConfigurationReader reader =
                new ConfigurationReader(new Place("", mistakes, new Environment(environment)), root);
        if (!mistakes.isEmpty()) {
            throw new InvalidConfigurationException(name, mistakes);
        }
        return reader.build();
    }

    private static JsonNode tree(String name, String yaml) {
        YAMLMapper mapper = new YAMLMapper(YAMLFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build());
        JsonNode root;
        try {
            root = mapper.readTree(yaml);
        } catch (JacksonException e) {
            throw invalid(name, syntaxMessage(e));
        }
        if (!root.isObject()) {
            throw invalid(
                    name,
                    root.isMissingNode() || root.isNull()
                            ? "is empty; it needs at least kafka and streams"
                            : "must be a mapping with the keys: " + String.join(", ", Sections.FILE.keys()));
        }
        return root;
    }

    // the parser's message quotes the lines around the place, and with them possibly a password
    private static String syntaxMessage(JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        String where =
                at == null || at.getLineNr() < 1 ? "" : " in line " + at.getLineNr() + ", column " + at.getColumnNr();
        String what = e.getOriginalMessage()
                .lines()
                .filter(l -> !l.startsWith(" ") && !l.isBlank())
                .collect(Collectors.joining("; "));
        return "is no valid YAML" + where + ": " + what;
    }

    private static InvalidConfigurationException invalid(String name, String message) {
        return new InvalidConfigurationException(name, List.of(new Mistake("", message)));
    }
}
