package dev.freshet.capture.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.capture.postgres.CatalogEntry.Asked;
import dev.freshet.capture.postgres.CatalogEntry.Attribute;
import dev.freshet.capture.postgres.CatalogEntry.Leaf;
import dev.freshet.capture.postgres.CatalogEntry.Publishing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class PartsProperties {
    @Property
    boolean transactionIdNearTheReference_isFoundAgain(
            @ForAll @LongRange(min = 0, max = 1L << 50) long reference,
            @ForAll @LongRange(min = -(1L << 31) + 1, max = (1L << 31) - 1) long distance) {
        long xid = Math.max(3, reference + distance);
        return new EpochXid(reference).extend((int) xid) == xid;
    }

    @Property
    void catalogEntry_isReadBackFromItsText(
            @ForAll long oid, @ForAll @Size(min = 1, max = 4) List<String> names, @ForAll boolean flag) {
        String first = "n" + names.get(0);
        List<Attribute> attributes = new ArrayList<>();
        List<Leaf> leaves = new ArrayList<>();
        for (String name : names) {
            attributes.add(new Attribute(
                    names.indexOf(name) + 1,
                    "n" + name,
                    oid,
                    -1,
                    flag,
                    flag ? "s" : "",
                    flag ? Map.of("e7", first, "c1.2", "7") : Map.of()));
            leaves.add(
                    new Leaf(oid, "n" + name, "r", 7, "i", flag ? List.of("n" + name) : List.of(), flag ? "7.1" : ""));
        }
        CatalogEntry entry = new CatalogEntry(
                new Asked(first, flag ? List.of(first) : List.of(), List.of(first)),
                oid,
                first,
                new Publishing("iudt", flag, !flag, flag ? List.of() : List.of(first), first, "7.1"),
                attributes,
                leaves);
        assertEquals(entry, CatalogEntry.parse(entry.text()));
    }
}
