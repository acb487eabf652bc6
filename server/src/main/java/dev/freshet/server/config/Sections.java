package dev.freshet.server.config;

import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.polling.PollingSettings;
import dev.freshet.model.JdbcUrl;
import dev.freshet.relay.LossPolicy;
import dev.freshet.relay.RelaySettings;
import dev.freshet.replica.DeadLetterSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Every setting of the file, declared once. The order is that of the reference document. */
public final class Sections {
    /** The word that stands in the place of bootstrap servers for a Kafka that Freshet starts itself. */
    static final String EMBEDDED = "embedded";

    static final ValueType<String> IDENTIFIER =
            ValueTypes.text("a name of 1 to 63 bytes without NUL, as it stands in the catalog", "[^\\x00]{1,63}");
    static final ValueType<String> TABLE = ValueTypes.text(
            "schema.table, such as public.orders", "[^.\\s\\x00][^.\\x00]{0,62}\\.[^.\\s\\x00][^.\\x00]{0,62}");
    static final ValueType<String> TOPIC = ValueTypes.text(
            "a topic's name: 1 to 249 letters, digits, '.', '_', '-'", "(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");
    static final ValueType<String> NAME = ValueTypes.text("a name of this file", "[^\\x00]{1,249}");
    private static final Duration DAY = Duration.ofDays(1);
    static final Duration YEAR = DAY.multipliedBy(365);
    private static final long MB = 1024L * 1024;

    // kafka
    static final Setting<String> BOOTSTRAP = Setting.required(
            "bootstrap-servers",
            ValueTypes.text(
                    "host:port, several with commas, or " + EMBEDDED,
                    "embedded|[^\\s,:/]+(:[0-9]{1,5})(,\\s*[^\\s,:/]+:[0-9]{1,5})*|\\[[0-9A-Fa-f:]+\\]:[0-9]{1,5}"),
            "The Kafka brokers to ask first, or `embedded`: Freshet then starts a Kafka of its own as a child process, "
                    + "with its data in the folder `.freshet` beside the file. That one is for trying things and for a "
                    + "single machine and one `run`: one node, so one copy of the data. It listens on loopback, without "
                    + "TLS or passwords: every process of the machine may use it, at the address that the log tells.");
    static final Setting<Map<String, String>> PROPERTIES = Setting.withDefault(
            "properties",
            ValueTypes.properties(),
            Map.of(),
            v -> "{}",
            "Passed to every Kafka client as they are: TLS, SASL, buffers. Those on which Freshet's guarantees rest, such "
                    + "as `isolation.level`, are refused. Values are never printed.");

    // sources.<name>
    static final Setting<SourceType> TYPE = Setting.withDefault(
            "type",
            ValueTypes.oneOf(SourceType.class, SourceType::text),
            SourceType.POSTGRESQL,
            SourceType::text,
            "How it is captured. `postgresql`: by the log of PostgreSQL 14 to 18 with `wal_level = logical`. `polling`: the events of an "
                    + "outbox table alone, in PostgreSQL 14 to 18, MariaDB 10.7 and newer, or MySQL 8.0.17 and newer, whose driver you "
                    + "add yourself. [Publish events](../how-to/publish-events.md).");
    static final Setting<JdbcUrl> SOURCE_URL = Setting.required(
            "url",
            ValueTypes.databaseUrl(),
            "Where the database is. Every parameter of the driver may be added to it, such as `?sslmode=verify-full`. MariaDB and "
                    + "MySQL only with `type: polling`.");
    static final Setting<Duration> POLL_INTERVAL = Setting.duration(
            "poll-interval",
            Duration.ofMillis(1),
            Duration.ofMinutes(1),
            PollingSettings.DEFAULT_POLL_INTERVAL,
            "Only with `type: polling`: how long an idle relay waits at most before it looks into the table again. In PostgreSQL it "
                    + "then sleeps until a commit wakes it.");
    static final Setting<JdbcUrl> URL = Setting.required(
            "url",
            ValueTypes.postgresUrl(),
            "Where the database is. Every parameter of the driver may be added to it, such as `?sslmode=verify-full`.");
    static final Setting<String> USER = Setting.required("user", IDENTIFIER, "The role to log in as.");
    static final Setting<Secret> PASSWORD = Setting.optional(
            "password",
            ValueTypes.secret(),
            "none",
            "Its password. Leave it out where the server asks for none, or the URL names a certificate.");
    static final Setting<String> SLOT = Setting.optional(
            "slot",
            ValueTypes.text("1 to 63 lower-case letters, digits and '_'", "[a-z0-9_]{1,63}"),
            "`freshet_<source>`",
            "The replication slot. Freshet makes it. It holds back the database's log until Freshet has written it to "
                    + "Kafka: take it away with `freshet remove source` when it is no longer needed, or the disk fills.");
    static final Setting<String> PUBLICATION = Setting.optional(
            "publication",
            IDENTIFIER,
            "`freshet_<source>`",
            "The publication with the captured tables. Freshet makes it, or takes one that the tables' owner made "
                    + "beforehand, if the role may not make one.");
    static final Setting<String> LEDGER = Setting.optional(
            "ledger",
            TOPIC,
            "`<source>.freshet-ledger`",
            "The topic that maps positions of the source to offsets. Every reader of the source's streams needs it.");
    static final Setting<String> OUTBOX = Setting.optional(
            "outbox",
            TABLE,
            "none",
            "The outbox table, `schema.table`, from which the events of streams with `events: true` are taken, beside messages in "
                    + "the log. The migration of `freshet-outbox` makes it.");
    static final Setting<Optional<Duration>> OUTBOX_RETENTION = Setting.withDefault(
            "outbox-retention",
            ValueTypes.retention(Duration.ofDays(36_500)),
            OutboxRetention.DEFAULT.keep(),
            keep -> "delete",
            "How long the outbox table keeps an event that is in Kafka: `delete` no longer than its partition lasts, a duration "
                    + "at least that long, `forever` always. A partition is dropped as a whole, and never with an event that "
                    + "is not in Kafka yet.");
    static final Setting<Duration> OUTBOX_PARTITION = Setting.duration(
            "outbox-partition",
            Duration.ofSeconds(1),
            Duration.ofDays(366),
            OutboxRetention.DEFAULT.partition(),
            "Of how much time a partition of the outbox table holds the events. Freshet makes those of the time to come.");
    static final Setting<Long> MAX_RETAINED_WAL = Setting.size(
            "max-retained-wal",
            16 * MB,
            1L << 50,
            RelaySettings.DEFAULT_RETAINED_WAL_ALARM_BYTES,
            "If the slot holds back more log than this, status, metrics and log raise an alarm. Nothing is dropped: that "
                    + "is the server's `max_slot_wal_keep_size`, which must be higher to leave time.");

    static final Setting<LossPolicy> ON_LOSS = Setting.withDefault(
            "on-loss",
            ValueTypes.oneOf(LossPolicy.class, LossPolicy::text),
            LossPolicy.STOP,
            LossPolicy::text,
            "What happens when changes cannot be had any more, since the slot is gone or the server has become another history "
                    + "(a restored backup, a stand-by promoted behind what is published). `stop`: every stream is broken until "
                    + "`freshet resnapshot --source` has said that the server is the right one. `resnapshot`: the relay makes "
                    + "a new slot and reads every table anew by itself, and publishes deletes for what does not exist any more.");

    static final Setting<JsonNode> SOURCE_LIMITS = Setting.optional(
            "limits",
            ValueTypes.sections("batches, intervals and time-outs"),
            "all defaults",
            "Batches, intervals and time-outs, see below.");

    // replicas.<name>
    static final Setting<JsonNode> REPLICA_STREAMS = Setting.required(
            "streams",
            ValueTypes.sections("streams by name, each with table and columns"),
            "The streams to copy, by their names in `streams`, each with the settings of the section below.");
    static final Setting<String> GROUP = Setting.optional(
            "group",
            ValueTypes.text("1 to 249 characters without blanks", "\\S{1,249}"),
            "`freshet.<replica>`",
            "The Kafka consumer group. Instances with the same group and database share the partitions.");
    static final Setting<SchemaPolicy> SCHEMA = Setting.withDefault(
            "schema",
            ValueTypes.oneOf(SchemaPolicy.class, SchemaPolicy::text),
            SchemaPolicy.EVOLVE,
            SchemaPolicy::text,
            "What to do with a column that the source adds: `evolve` adds it to the copy as well, `ignore` leaves it out, "
                    + "`refuse` stops the stream's copy until somebody decides. What other changes of a table do: "
                    + "[Change a captured table](../how-to/change-a-table.md).");
    static final Setting<Consistency> CONSISTENCY = Setting.withDefault(
            "consistency",
            ValueTypes.oneOf(Consistency.class, Consistency::text),
            Consistency.PER_KEY,
            Consistency::text,
            "What readers of the tables may rely on: with `per-key` the changes of each row come in their order; with "
                    + "`per-transaction` all tables of the replica, whose streams must be of one source, move together by whole "
                    + "transactions of the source, and one instance works while the others stand by. "
                    + "[Copies that show whole transactions](../how-to/whole-transactions.md).");
    static final Setting<String> DEAD_LETTER_TOPIC = Setting.optional(
            "dead-letter-topic",
            TOPIC,
            "none",
            "Only with `per-key`: the topic for records that the copy's table refuses for their values, or that cannot be "
                    + "decoded. Their keys alone stand still, and the copy is not complete, until a later record mends them. "
                    + "Without it such a record stops its partition. Freshet makes the topic if it is missing. "
                    + "[Records that a copy refuses](../how-to/dead-letters.md).");
    static final Setting<Integer> DEAD_LETTER_LIMIT = Setting.integer(
            "dead-letter-limit",
            1,
            1_000_000,
            DeadLetterSettings.DEFAULT_LIMIT,
            "How many keys of a stream may stand still like that. A record beyond it stops its partition, or the fill.");
    static final Setting<Boolean> SHOW_DATA = Setting.withDefault(
            "show-data",
            ValueTypes.bool(),
            false,
            String::valueOf,
            "Whether log and status may quote values of a row that the database refused. They then hold personal data, "
                    + "if the row does.");
    static final Setting<JsonNode> REPLICA_LIMITS = Setting.optional(
            "limits",
            ValueTypes.sections("batches, intervals and time-outs"),
            "all defaults",
            "Batches, intervals and time-outs, see below.");

    // replicas.<name>.streams.<name>
    static final Setting<String> REPLICA_TABLE = Setting.optional(
            "table",
            TABLE,
            "`public.<stream>`, `-` as `_`",
            "The table to keep as the copy, `schema.table`. Freshet makes it if there is none; one that is there must fit.");
    static final Setting<Map<String, String>> REPLICA_COLUMNS = Setting.optional(
            "columns",
            ValueTypes.renames(IDENTIFIER),
            "all, under the same names",
            "The columns to copy: a list, or a mapping from the stream's name of a column to the copy's, such as "
                    + "`{ c_custkey: id }`. The key's columns must be among them.");

    // http
    static final Setting<String> HTTP_HOST = Setting.withDefault(
            "host",
            ValueTypes.text("a host name or address", "[A-Za-z0-9.:_-]{1,253}"),
            "127.0.0.1",
            v -> v,
            "The address to listen at. The status holds names and positions, no row data, but nobody has to log in: give "
                    + "it to others only inside a network that you trust.");
    static final Setting<Integer> HTTP_PORT = Setting.integer(
            "port",
            0,
            65_535,
            8400,
            "The port of `/status`, `/metrics`, `/health/live` and `/health/ready`. 0 takes a free one, which the log tells; "
                    + "`freshet status` then cannot find it.");
    static final Setting<Duration> LIVE_LIMIT = Setting.duration(
            "live-limit",
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            Duration.ofSeconds(60),
            "`/health/live` fails when a part of Freshet has not come back from a piece of work for this long: the process "
                    + "runs, but does not move.");

    // log
    static final Setting<LogFormat> LOG_FORMAT = Setting.withDefault(
            "format",
            ValueTypes.oneOf(LogFormat.class, LogFormat::text),
            LogFormat.TEXT,
            LogFormat::text,
            "Lines for people, or one JSON object a line for programs.");
    static final Setting<LogLevel> LOG_LEVEL = Setting.withDefault(
            "level",
            ValueTypes.oneOf(LogLevel.class, l -> l.name().toLowerCase(Locale.ROOT)),
            LogLevel.INFO,
            l -> l.name().toLowerCase(Locale.ROOT),
            "What is logged of Freshet itself; of the libraries it uses, warnings and errors, with `error` only those.");

    // the file
    static final Setting<JsonNode> KAFKA_SECTION = Setting.required(
            "kafka", ValueTypes.sections("bootstrap-servers and properties"), "The Kafka that carries the streams.");
    static final Setting<JsonNode> SOURCES_SECTION = Setting.optional(
            "sources",
            ValueTypes.sections("sources by name"),
            "none",
            "The databases to capture streams from, by name.");
    static final Setting<JsonNode> STREAMS_SECTION = Setting.required(
            "streams",
            ValueTypes.sections("streams by name"),
            "The streams, by name: captured here, or by another Freshet.");
    static final Setting<JsonNode> REPLICAS_SECTION = Setting.optional(
            "replicas", ValueTypes.sections("replicas by name"), "none", "The copies to keep, by name.");
    static final Setting<JsonNode> HTTP_SECTION = Setting.optional(
            "http",
            ValueTypes.sections("host and port"),
            "all defaults",
            "Where status, health and metrics are served.");
    static final Setting<JsonNode> LOG_SECTION =
            Setting.optional("log", ValueTypes.sections("format and level"), "all defaults", "How Freshet logs.");

    static final Section FILE = new Section(
            "",
            "The file as a whole. Names of sources, streams and replicas are a lower-case letter and up to 48 lower-case "
                    + "letters, digits, `_` and `-`.",
            List.of(KAFKA_SECTION, SOURCES_SECTION, STREAMS_SECTION, REPLICAS_SECTION, HTTP_SECTION, LOG_SECTION));
    static final Section KAFKA = new Section(
            "kafka",
            "Brokers 4.0 and newer, with the feature `transaction.version` at 2.",
            List.of(BOOTSTRAP, PROPERTIES));
    static final Section SOURCES = new Section(
            "sources.<name>",
            "A database whose tables are captured.",
            Stream.of(
                            List.of(TYPE, SOURCE_URL, USER, PASSWORD, SLOT, PUBLICATION, LEDGER),
                            List.of(OUTBOX, OUTBOX_RETENTION, OUTBOX_PARTITION, POLL_INTERVAL),
                            EventSections.OF_SOURCES,
                            List.of(MAX_RETAINED_WAL, ON_LOSS, SOURCE_LIMITS))
                    .<Setting<?>>flatMap(List::stream)
                    .toList());
    static final Section REPLICAS = new Section(
            "replicas.<name>",
            "Copies of streams in a consumer's own database.",
            List.of(
                    REPLICA_STREAMS,
                    URL,
                    USER,
                    PASSWORD,
                    GROUP,
                    SCHEMA,
                    CONSISTENCY,
                    DEAD_LETTER_TOPIC,
                    DEAD_LETTER_LIMIT,
                    SHOW_DATA,
                    REPLICA_LIMITS));
    static final Section REPLICA_STREAM =
            new Section("replicas.<name>.streams.<stream>", "One copy.", List.of(REPLICA_TABLE, REPLICA_COLUMNS));
    static final Section HTTP =
            new Section("http", "Status, health and metrics.", List.of(HTTP_PORT, HTTP_HOST, LIVE_LIMIT));
    static final Section LOG =
            new Section("log", "Freshet's own log, on the standard error stream.", List.of(LOG_FORMAT, LOG_LEVEL));

    private Sections() {}

    /** Returns all sections, in the order of the reference document. */
    public static List<Section> all() {
        return List.of(
                FILE,
                KAFKA,
                SOURCES,
                SourceLimits.SECTION,
                StreamSections.STREAMS,
                REPLICAS,
                REPLICA_STREAM,
                ReplicaLimits.SECTION,
                HTTP,
                LOG);
    }
}
