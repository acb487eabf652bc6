package dev.freshet.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcUrlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://localhost:5432/shop",
                "jdbc:postgresql://db-1.example.com/shop?sslmode=verify-full&sslrootcert=/etc/ca.pem",
                "jdbc:postgresql://a:5432,b:5433/shop?targetServerType=primary",
                "jdbc:postgresql://[::1]:5432/shop",
                "jdbc:postgresql://localhost/",
                "jdbc:postgresql:shop"
            })
    void formsOfTheDriver_areAllowed(String text) {
        assertTrue(JdbcUrl.isValid(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql:",
                "jdbc:mysql://localhost/shop",
                "jdbc:postgresql://localhost:port/shop",
                "jdbc:postgresql://freshet:secret@localhost/shop",
                "jdbc:postgresql://localhost:5432/shop/orders",
                "jdbc:postgresql://local host/shop"
            })
    void whatTheDriverCannotRead_isRefusedBeforeItPrintsIt(String text) {
        assertFalse(JdbcUrl.isValid(text));
    }

    @Test
    void textForm_hidesSecretsAmongTheParameters() {
        assertEquals(
                "jdbc:postgresql://h/d?sslpassword=(hidden)&ssl=true",
                new JdbcUrl("jdbc:postgresql://h/d?sslpassword=abc&ssl=true").toString());
    }
}
