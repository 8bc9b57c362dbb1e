package dev.wellhead.spring;

import io.lettuce.core.SslOptions;
import org.springframework.boot.ssl.SslBundle;

/** Hands Boot's SSL bundles to Lettuce. */
final class Tls {
    private Tls() {}

    static SslOptions of(SslBundle bundle) {
        SslOptions.Builder options = SslOptions.builder()
                .jdkSslProvider()
                .keyManager(bundle.getManagers().getKeyManagerFactory())
                .trustManager(bundle.getManagers().getTrustManagerFactory());
        String[] ciphers = bundle.getOptions().getCiphers();
        String[] protocols = bundle.getOptions().getEnabledProtocols();
        if (ciphers != null) {
            options.cipherSuites(ciphers);
        }
        if (protocols != null) {
            options.protocols(protocols);
        }
        return options.build();
    }
}
