package dev.freshet.embedded.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logging of Kafka's child process: lines on standard output, which is its log file. It is named by a system property of
 * that process and is not announced as a service, so that it never competes with the logging of the program that uses
 * this module, nor does that program's logging, which is on the child's class path as well, run in the child.
 */
public final class KafkaLogProvider implements SLF4JServiceProvider, ILoggerFactory {

    private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();

    /** Called by SLF4J. */
    public KafkaLogProvider() {}

    @Override
    public Logger getLogger(String name) {
        return loggers.computeIfAbsent(name, KafkaLogger::new);
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return this;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {
        // all is set up by construction
    }
}
