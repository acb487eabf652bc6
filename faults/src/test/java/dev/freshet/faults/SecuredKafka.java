package dev.freshet.faults;

import dev.freshet.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;

/** A Kafka whose clients log in by SASL/PLAIN over TLS and may do what their ACLs say. */
final class SecuredKafka implements AutoCloseable {
    private static final Map<String, String> PASSWORDS =
            Map.of("admin", "secret-of-the-admin", "shop", "secret-of-the-shop", "shipping", "secret-of-shipping");
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";

    private final EmbeddedKafka kafka;
    private final Certificate certificate;
    private final Admin admin;

    private SecuredKafka(EmbeddedKafka kafka, Certificate certificate) {
        this.kafka = kafka;
        this.certificate = certificate;
        this.admin = Admin.create(Map.copyOf(client("admin")));
    }

    static SecuredKafka start(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        Certificate certificate = Certificate.make(folder, "kafka");
        String users = PASSWORDS.entrySet().stream()
                .map(e -> " user_" + e.getKey() + "=\"" + e.getValue() + '"')
                .collect(Collectors.joining());
        EmbeddedKafka.Builder builder = EmbeddedKafka.builder()
                .property("listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT")
                .property("sasl.enabled.mechanisms", "PLAIN")
                .property("sasl.mechanism.inter.broker.protocol", "PLAIN")
                .property(
                        "listener.name.clients.plain.sasl.jaas.config",
                        LOGIN + "username=\"admin\" password=\"" + PASSWORDS.get("admin") + '"' + users + ';')
                .property("ssl.keystore.type", "PKCS12")
                .property("ssl.keystore.location", certificate.keyStore().toString())
                .property("ssl.keystore.password", certificate.password())
                .property("ssl.truststore.type", "PEM")
                .property("ssl.truststore.location", certificate.certificate().toString())
                .property("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                // the broker itself, in clear text to its own controller
                .property("super.users", "User:admin;User:ANONYMOUS");
        return new SecuredKafka(builder.start(), certificate);
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** The properties of a user's clients. */
    Map<String, String> client(String user) {
        return client(user, PASSWORDS.get(user));
    }

    Map<String, String> client(String user, String password) {
        Map<String, String> properties = new LinkedHashMap<>(properties(user, password));
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        return properties;
    }

    private Map<String, String> properties(String user, String password) {
        return Map.of(
                "security.protocol", "SASL_SSL",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", LOGIN + "username=\"" + user + "\" password=\"" + password + "\";",
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", certificate.certificate().toString());
    }

    /** The section {@code kafka} of a configuration, on one line. */
    String yaml(String user) {
        return yaml(user, PASSWORDS.get(user));
    }

    String yaml(String user, String password) {
        return properties(user, password).entrySet().stream()
                .map(e -> e.getKey() + ": '" + e.getValue() + '\'')
                .collect(Collectors.joining(
                        ", ",
                        "kafka: { bootstrap-servers: \"" + kafka.bootstrapServers() + "\", properties: { ",
                        " } }"));
    }

    /** A right of a user. */
    static AclBinding right(String user, AclOperation operation, ResourceType type, String name, PatternType pattern) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }

    /** Makes these the only rights, and waits until the broker knows. */
    void allowOnly(Collection<AclBinding> rights) throws InterruptedException, ExecutionException, TimeoutException {
        admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get(30, TimeUnit.SECONDS);
        admin.createAcls(rights).all().get(30, TimeUnit.SECONDS);
        Awaitility.await()
                .until(() ->
                        admin.describeAcls(AclBindingFilter.ANY).values().get().size() == rights.size());
    }

    @Override
    public void close() {
        admin.close();
        kafka.close();
    }
}
