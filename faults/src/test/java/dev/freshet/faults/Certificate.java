package dev.freshet.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A self-signed certificate for 127.0.0.1 and its key, made by the JDK's {@code keytool}.
 *
 * @param keyStore both, in PKCS #12
 * @param password the key store's
 * @param certificate the certificate as PEM, which is what clients trust
 * @param key the key as PEM, open
 */
record Certificate(Path keyStore, String password, Path certificate, Path key) {
    private static final String ALIAS = "server";

    static Certificate make(Path folder, String name)
            throws IOException, InterruptedException, GeneralSecurityException {
        String password = "only-for-this-test";
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-validity",
                        "30",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        password)
                .redirectErrorStream(true)
                .start();
        String told = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool failed: " + told);
        }
        KeyStore made = KeyStore.getInstance(store.toFile(), password.toCharArray());
        Path certificate = folder.resolve(name + ".crt");
        pem(certificate, "CERTIFICATE", made.getCertificate(ALIAS).getEncoded());
        Path key = folder.resolve(name + ".key");
        pem(key, "PRIVATE KEY", made.getKey(ALIAS, password.toCharArray()).getEncoded());
        return new Certificate(store, password, certificate, key);
    }

    private static void pem(Path file, String what, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(file, "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
    }
}
