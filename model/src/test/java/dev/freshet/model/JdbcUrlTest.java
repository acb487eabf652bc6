package dev.freshet.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class JdbcUrlTest {
    private static void assertRefused(String with, String url) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> JdbcUrl.postgres(url), url);
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains(with), message);
        assertFalse(message.contains("secret"), message);
    }

    @Test
    void formsOfTheDriver_areAllowed() {
        for (String url : List.of(
                "jdbc:postgresql://localhost:5432/shop",
                "jdbc:postgresql://db-1.example.com/shop?sslmode=verify-full&sslrootcert=/etc/ca.pem",
                "jdbc:postgresql://a:5432,b:65535/shop?targetServerType=primary",
                "jdbc:postgresql://[::1]:5432/shop",
                "jdbc:postgresql://[fe80::99999]/shop",
                "jdbc:postgresql://localhost/",
                "jdbc:postgresql://localhost/100%25?options=-c%20work_mem=8MB",
                "jdbc:postgresql://?service=shop",
                "jdbc:postgresql://localhost/shop:99999",
                "jdbc:postgresql:99999",
                "jdbc:postgresql:shop")) {
            assertNull(JdbcUrl.mistake(url), url);
        }
    }

    @Test
    void whatTheDriverCannotRead_isRefusedBeforeItPrintsIt() {
        for (String url : List.of(
                "jdbc:postgresql:",
                "jdbc:mysql://localhost/shop?password=secret",
                "jdbc:postgresql:/shop?sslpassword=secret",
                "jdbc:postgresql://localhost:port/shop?sslpassword=secret",
                "jdbc:postgresql://localhost:/shop?sslpassword=secret",
                "jdbc:postgresql://localhost:5432/shop/orders?sslpassword=secret",
                "jdbc:postgresql://localhost/shop&password=secret",
                "jdbc:postgresql://local host/shop?sslpassword=secret")) {
            assertRefused("such as jdbc:postgresql://host:5432/database", url);
        }
        assertRefused("did you mean 'jdbc:postgresql:…'?", "postgres://u:secret@localhost/shop");
        assertRefused("before the '@'", "jdbc:postgresql://freshet:secret@localhost/shop");
        assertRefused("before the '@'", "jdbc:postgresql://secret@localhost/shop");
        assertRefused("from 1 to 65535", "jdbc:postgresql://localhost:65536/shop?sslpassword=secret");
        assertRefused("from 1 to 65535", "jdbc:postgresql://a:5432,b:0/shop?sslpassword=secret");
        assertRefused("as %25", "jdbc:postgresql://localhost/shop?sslpassword=secret%zz");
        assertRefused("as %25", "jdbc:postgresql://localhost/shop?sslpassword=secret%");
        assertRefused("as %25", "jdbc:postgresql://localhost/100%?sslpassword=secret");
    }

    @Test
    void whatFreshetSetsByItself_isRefused() {
        for (String own : JdbcUrl.OWN_PARAMETERS) {
            assertRefused("take out " + own, "jdbc:postgresql://localhost/shop?ssl=true&" + own + "=secret");
        }
        assertRefused("take out user, password", "jdbc:postgresql://localhost/shop?user=secret&password=secret");
    }

    @Test
    void textForm_isWithoutTheParameters() {
        assertEquals("jdbc:postgresql://h/d", new JdbcUrl("jdbc:postgresql://h/d?sslpassword=abc&ssl=true").toString());
    }

    @Test
    void sameDatabase_isKnownWhateverTheParameters_theHostsCaseAndTheDefaultPort() {
        String shop = database("jdbc:postgresql://h:5432/shop");
        assertEquals("jdbc:postgresql://h:5432/shop", shop);
        for (String same : List.of("//H/shop?ssl=true", "//h/shop", "//H:5432/shop?sslpassword=secret")) {
            assertEquals(shop, database("jdbc:postgresql:" + same), same);
        }
        assertEquals(
                database("jdbc:postgresql://A,[FE80::1]/shop"), database("jdbc:postgresql://a:5432,[fe80::1]/shop"));
        assertEquals(database("jdbc:postgresql://localhost:5432/shop"), database("jdbc:postgresql:shop"));
        assertEquals(database("jdbc:postgresql://h"), database("jdbc:postgresql://h:5432/"));
        assertEquals("jdbc:postgresql:///", database("jdbc:postgresql://?service=shop"));
    }

    @Test
    void anotherDatabase_isToldApart() {
        String shop = database("jdbc:postgresql://h/shop");
        for (String other : List.of("//h/Shop", "//h:5433/shop", "//g/shop", "//h,g/shop", "shop")) {
            assertNotEquals(shop, database("jdbc:postgresql:" + other), other);
        }
    }

    private static String database(String url) {
        return new JdbcUrl(url).database();
    }
}
