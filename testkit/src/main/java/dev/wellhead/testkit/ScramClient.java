package dev.wellhead.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding. The password is taken as it is, which
 * is right for any that SASLprep does not change, such as ASCII. For one login and one thread.
 */
final class ScramClient {
    private static final String NO_CHANNEL_BINDING = "n,,";
    private static final int KEY_BITS = 256;

    private final String password;
    private final String firstBare;
    private byte[] serverSignature = {};

    ScramClient(String password) {
        byte[] nonce = new byte[18];
        new SecureRandom().nextBytes(nonce);
        this.password = password;
        // PostgreSQL takes the user from the startup packet.
        this.firstBare = "n=,r=" + Base64.getEncoder().encodeToString(nonce);
    }

    String first() {
        return NO_CHANNEL_BINDING + firstBare;
    }

    /** Answers the server's challenge. */
    String answer(String serverFirst) throws IOException {
        Map<String, String> challenge = attributes(serverFirst);
        String nonce = challenge.getOrDefault("r", "");
        if (!nonce.startsWith(firstBare.substring("n=,r=".length()))) {
            throw new IOException("SCRAM: the server answers somebody else");
        }
        byte[] salt = Base64.getDecoder().decode(challenge.getOrDefault("s", ""));
        int iterations = Integer.parseInt(challenge.getOrDefault("i", ""));
        String withoutProof = "c=" + Base64.getEncoder().encodeToString(ascii(NO_CHANNEL_BINDING)) + ",r=" + nonce;
        byte[] signed = ascii(firstBare + "," + serverFirst + "," + withoutProof);
        try {
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, KEY_BITS))
                    .getEncoded();
            byte[] clientKey = hmac(salted, ascii("Client Key"));
            byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
            byte[] proof = hmac(storedKey, signed);
            for (int i = 0; i < proof.length; i++) {
                proof[i] ^= clientKey[i];
            }
            serverSignature = hmac(hmac(salted, ascii("Server Key")), signed);
            return withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JVM has HMAC-SHA-256", e);
        }
    }

    /** Checks that the server knows the password, too. */
    void verify(String serverFinal) throws IOException {
        byte[] signature = Base64.getDecoder().decode(attributes(serverFinal).getOrDefault("v", ""));
        if (serverSignature.length == 0 || !MessageDigest.isEqual(signature, serverSignature)) {
            throw new IOException("SCRAM: the server does not know the password");
        }
    }

    private static Map<String, String> attributes(String message) {
        return Arrays.stream(message.split(",", -1))
                .filter(attribute -> attribute.length() > 1)
                .collect(Collectors.toMap(attribute -> attribute.substring(0, 1), attribute -> attribute.substring(2)));
    }

    private static byte[] hmac(byte[] key, byte[] text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
