package dev.freshet.server.http;

import dev.freshet.server.ServerStatus;
import dev.freshet.server.ServerStatus.ReplicaStatus;
import dev.freshet.server.ServerStatus.SourceStatus;
import dev.freshet.server.ServerStatus.StreamStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The metrics in Prometheus' text format. Every figure of a scrape comes from one status; what is unknown is {@code NaN}.
 *
 * <p>Parts are fixed for the life of a server, so the meters are made once, from the first status.
 */
final class Metrics {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Supplier<ServerStatus> source;
    private ServerStatus status;

    Metrics(Supplier<ServerStatus> source) {
        this.source = source;
        this.status = source.get();
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        bindGc();
        status.sources().forEach(s -> bindSource(s.name()));
        status.streams().forEach(s -> bindStream(s.name()));
        status.replicas().forEach(r -> bindReplica(r.name()));
    }

    @SuppressWarnings("resource") // the registry lives as long as the process
    private void bindGc() {
        new JvmGcMetrics().bindTo(registry);
    }

    private void bindSource(String name) {
        Of<SourceStatus> of = new Of<>("source", name, ServerStatus::sources, SourceStatus::name);
        of.gauge(
                "freshet.source.up",
                "1 if the relay runs or stands by",
                s -> s.state().equals("running") || s.state().equals("standby") ? 1 : 0);
        of.gauge("freshet.source.lag.bytes", "Log that is not relayed yet", s -> known(s.lagBytes()));
        of.gauge("freshet.source.retained.wal.bytes", "Log that the slot holds back", s -> known(s.retainedWalBytes()));
        of.gauge("freshet.source.alarms", "What needs a person", s -> s.alarms().size());
        of.gauge(
                "freshet.source.complete.to.seconds",
                "To when the topics are complete",
                s -> s.completeTo() == null ? Double.NaN : s.completeTo().toEpochMilli() / 1000.0);
        of.counter("freshet.source.records", "Records written since the start", SourceStatus::recordsSent);
        of.counter(
                "freshet.source.dead.letters",
                "Events that have become dead letters since the start",
                SourceStatus::deadLetters);
    }

    private void bindStream(String name) {
        Of<StreamStatus> of = new Of<>("stream", name, ServerStatus::streams, StreamStatus::name);
        of.gauge(
                "freshet.stream.running",
                "1 if the topic is the table",
                s -> s.state().equals("running") ? 1 : 0);
        of.gauge(
                "freshet.stream.broken",
                "1 if something was lost",
                s -> s.state().equals("broken") ? 1 : 0);
        of.gauge(
                "freshet.stream.snapshot.rows",
                "Rows that the snapshot has read",
                s -> known(s.snapshot().rowsDone()));
        of.gauge(
                "freshet.stream.snapshot.estimated.rows",
                "Rows that it may read in all",
                s -> known(s.snapshot().rowsEstimated()));
    }

    private void bindReplica(String name) {
        Of<ReplicaStatus> of = new Of<>("replica", name, ServerStatus::replicas, ReplicaStatus::name);
        of.gauge("freshet.replica.complete", "1 if the copies are provably complete", r -> r.complete() ? 1 : 0);
        of.gauge(
                "freshet.replica.freshness.seconds",
                "How long ago the copies were complete to",
                r -> known(r.freshnessMillis()) / 1000.0);
        of.gauge("freshet.replica.changes.behind", "Records that are not applied yet", r -> known(r.changesBehind()));
        of.gauge(
                "freshet.replica.parked.keys",
                "Keys whose newest records the table refuses",
                r -> known(r.parkedKeys()));
        of.counter("freshet.replica.changes", "Records applied since the start", ReplicaStatus::changesApplied);
    }

    private static double known(long value) {
        return value < 0 ? Double.NaN : value;
    }

    /** One part's meters. */
    private final class Of<T> {
        private final String tag;
        private final String name;
        private final Function<ServerStatus, List<T>> list;
        private final Function<T, String> nameOf;

        Of(String tag, String name, Function<ServerStatus, List<T>> list, Function<T, String> nameOf) {
            this.tag = tag;
            this.name = name;
            this.list = list;
            this.nameOf = nameOf;
        }

        private double value(ToDoubleFunction<T> figure) {
            return list.apply(status).stream()
                    .filter(t -> nameOf.apply(t).equals(name))
                    .mapToDouble(figure)
                    .findFirst()
                    .orElse(Double.NaN);
        }

        void gauge(String meter, String help, ToDoubleFunction<T> figure) {
            Gauge.builder(meter, () -> value(figure))
                    .description(help)
                    .tag(tag, name)
                    .register(registry);
        }

        void counter(String meter, String help, ToDoubleFunction<T> figure) {
            FunctionCounter.builder(meter, this, of -> of.value(figure))
                    .description(help)
                    .tag(tag, name)
                    .register(registry);
        }
    }

    /** Returns the metrics as they are now. */
    synchronized String scrape() {
        status = source.get();
        return registry.scrape();
    }
}
