package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every page of the documents is in their index, and every link in them leads to a file. */
class LinksTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:\\s]+)(?:#[^)]*)?\\)");

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(Stream.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
                .map(ROOT::resolve)
                .toList());
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(p -> p.toString().endsWith(".md")).forEach(pages::add);
        }
        return pages;
    }

    private static List<String> links(Path page) throws IOException {
        return LINK.matcher(Files.readString(page))
                .results()
                .map(m -> m.group(1))
                .toList();
    }

    @Test
    void links_leadToFiles() throws IOException {
        List<String> dead = new ArrayList<>();
        int count = 0;
        for (Path page : pages()) {
            for (String link : links(page)) {
                count++;
                if (!Files.exists(page.resolveSibling(link))) {
                    dead.add(page + ": " + link);
                }
            }
        }
        assertEquals(List.of(), dead);
        assertTrue(count > 20, "only " + count + " links were found");
    }

    @Test
    void index_namesEveryPage() throws IOException {
        Path index = ROOT.resolve("docs/README.md");
        List<Path> named = links(index).stream()
                .map(l -> index.resolveSibling(l).normalize())
                .toList();
        for (Path page : pages()) {
            boolean inDocs = page.startsWith(ROOT.resolve("docs")) && !page.equals(index);
            assertTrue(!inDocs || named.contains(page.normalize()), page + " is not in docs/README.md");
        }
    }
}
