package dev.freshet.cli;

import picocli.CommandLine.IVersionProvider;

/** Tells the version, from the jar's manifest. */
final class FreshetVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = FreshetVersion.class.getPackage().getImplementationVersion();
        return new String[] {
            "freshet " + (version == null ? "(built from source)" : version), "Java " + Runtime.version()
        };
    }
}
