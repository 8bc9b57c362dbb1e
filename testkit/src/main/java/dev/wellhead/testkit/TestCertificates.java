package dev.wellhead.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Certificates for TLS on the loopback interface, good ones and bad ones, made afresh for each JVM with the JDK's own
 * keytool. Thread-safe. The first call blocks for a second or two.
 */
public final class TestCertificates {
    /** What a server may show; clients are to accept the first one only. */
    public enum Kind {
        /** For {@code localhost} and {@code 127.0.0.1}, signed by {@link #authority()}. */
        VALID("san=dns:localhost,ip:127.0.0.1"),
        /** The same authority's, for the host {@code elsewhere.invalid}. */
        WRONG_HOST("san=dns:elsewhere.invalid"),
        /** The same authority's for the right host, expired two days ago. */
        EXPIRED("san=dns:localhost,ip:127.0.0.1"),
        /** For the right host, signed by an authority that nobody knows. */
        UNTRUSTED("san=dns:localhost,ip:127.0.0.1");

        private final String names;

        Kind(String names) {
            this.names = names;
        }
    }

    private static final String STORE_TYPE = "PKCS12";
    private static final String AUTHORITY = "authority";
    private static final String STRANGER = "stranger";

    private final char[] password;
    private final KeyStore keys;
    private final Path authority;
    private final Path truststore;

    private TestCertificates(Path folder) throws IOException, GeneralSecurityException {
        String secret = UUID.randomUUID().toString();
        password = secret.toCharArray();
        Path all = folder.resolve("all.p12");
        Keytool keytool = new Keytool(folder, all, secret);
        keytool.authority(AUTHORITY);
        keytool.authority(STRANGER);
        for (Kind kind : Kind.values()) {
            keytool.server(kind, kind == Kind.UNTRUSTED ? STRANGER : AUTHORITY);
        }
        keys = KeyStore.getInstance(STORE_TYPE);
        try (InputStream in = Files.newInputStream(all)) {
            keys.load(in, password);
        }
        Certificate certificate = keys.getCertificate(AUTHORITY);
        authority = folder.resolve("authority.pem");
        Files.writeString(
                authority,
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                        + "\n-----END CERTIFICATE-----\n",
                StandardCharsets.US_ASCII);
        truststore = folder.resolve("truststore.p12");
        try (var out = Files.newOutputStream(truststore)) {
            trusting(certificate).store(out, password);
        }
    }

    /** Returns the certificates of this JVM. */
    public static TestCertificates shared() {
        return Shared.CERTIFICATES;
    }

    private static final class Shared {
        static final TestCertificates CERTIFICATES = create();

        private static TestCertificates create() {
            Path folder = WorkDirectory.fresh("certificates");
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(() -> WorkDirectory.delete(folder), "wellhead-testkit-certificates-delete"));
            try {
                return new TestCertificates(folder);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot make certificates with the JDK's keytool", e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("cannot read the certificates that keytool made", e);
            }
        }
    }

    /** Returns the file with the authority's certificate in PEM, as {@code sslrootcert} wants it. */
    public Path authority() {
        return authority;
    }

    /** Returns the file of a PKCS12 store that trusts the authority alone; see {@link #password()}. */
    public Path truststore() {
        return truststore;
    }

    /** Returns the password of the truststore. */
    public String password() {
        return new String(password);
    }

    /** Returns a client's TLS that trusts the authority alone. It checks host names if the client asks for that. */
    public SSLContext client() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusting(keys.getCertificate(AUTHORITY)));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("no TLS for clients", e);
        }
    }

    /** Returns a server's TLS that shows this certificate. */
    SSLContext server(Kind kind) {
        try {
            KeyStore one = KeyStore.getInstance(STORE_TYPE);
            one.load(null, password);
            PrivateKey key = (PrivateKey) keys.getKey(kind.name(), password);
            one.setKeyEntry("server", key, password, keys.getCertificateChain(kind.name()));
            KeyManagerFactory manager = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            manager.init(one, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(manager.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("no TLS for a server with the certificate " + kind, e);
        }
    }

    private KeyStore trusting(Certificate certificate) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(STORE_TYPE);
        store.load(null, password);
        store.setCertificateEntry(AUTHORITY, certificate);
        return store;
    }

    /** One key store and the program that fills it. */
    private record Keytool(Path folder, Path store, String password) {
        void authority(String alias) throws IOException {
            generate(alias, "-validity", "2", "-ext", "bc:c=ca:true", "-ext", "ku:c=keyCertSign");
        }

        void server(Kind kind, String signer) throws IOException {
            List<String> options = new ArrayList<>(List.of("-signer", signer, "-ext", kind.names));
            options.addAll(
                    kind == Kind.EXPIRED ? List.of("-startdate", "-3d", "-validity", "1") : List.of("-validity", "2"));
            generate(kind.name(), options.toArray(String[]::new));
        }

        private void generate(String alias, String... options) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-J-XX:TieredStopAtLevel=1",
                    "-genkeypair",
                    "-alias",
                    alias,
                    "-dname",
                    "CN=" + alias + " of the Wellhead tests",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-storetype",
                    STORE_TYPE,
                    "-keystore",
                    store.toString(),
                    "-storepass:file",
                    passwordFile().toString()));
            command.addAll(List.of(options));
            ServerProcess.run("keytool", folder, command);
        }

        private Path passwordFile() throws IOException {
            Path file = folder.resolve("password");
            if (!Files.exists(file)) {
                Files.writeString(file, password);
            }
            return file;
        }
    }
}
