package dev.wellhead.ratelimit;

import dev.wellhead.core.Redaction;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the client behind proxies that are trusted to say whom they speak for, as a key for limits. Every other sender may
 * write what it likes into {@code X-Forwarded-For}, so the header is read from the right, and only as long as whoever wrote
 * the entry is trusted. IPv6 clients count by /64, since one subscriber has at least that many addresses. Immutable and
 * thread-safe; never asks a name server.
 */
public final class ClientIp {
    private static final Pattern IPV4 = Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final int SUBSCRIBER_BITS = 64;
    private static final int IPV4_BITS = 32;

    private final List<Network> trusted;

    private static final class Network {
        private final byte[] address;
        private final int bits;

        Network(byte[] address, int bits) {
            this.address = address;
            this.bits = bits;
        }

        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit += 8) {
                int mask = bits - bit >= 8 ? 0xff : 0xff00 >> (bits - bit);
                if (((address[bit / 8] ^ other[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private ClientIp(List<Network> trusted) {
        this.trusted = trusted;
    }

    /**
     * Trusts these proxies.
     *
     * @param proxies addresses or networks, such as {@code 10.0.0.0/8} or {@code fd00::/8}
     * @throws IllegalArgumentException if one of them is neither
     */
    public static ClientIp behind(Collection<String> proxies) {
        return new ClientIp(proxies.stream().map(ClientIp::network).toList());
    }

    /**
     * Returns the key of the client; as {@link #behind} and {@link #key(String, String)}, for those who keep no instance.
     *
     * @throws IllegalArgumentException if a trusted proxy is neither an address nor a network
     */
    public static String key(String remoteAddress, @Nullable String forwardedFor, Collection<String> trusted) {
        return behind(trusted).key(remoteAddress, forwardedFor);
    }

    /**
     * Returns the key of the client: an IPv4 address, or an IPv6 network of 64 bits. A forwarded entry that is no address
     * ends the search at the proxy that passed it on.
     *
     * @param remoteAddress the other end of the connection; returned as it is if it is no IP address
     * @param forwardedFor the values of {@code X-Forwarded-For}, joined by commas; null if there is none
     */
    public String key(String remoteAddress, @Nullable String forwardedFor) {
        byte[] client = parse(remoteAddress);
        if (client == null) {
            return remoteAddress;
        }
        String[] hops = forwardedFor == null ? new String[0] : forwardedFor.split(",", -1);
        for (int i = hops.length - 1; i >= 0 && isTrusted(client); i--) {
            byte[] hop = parse(hops[i].strip());
            if (hop == null) {
                break;
            }
            client = hop;
        }
        return print(client);
    }

    /**
     * Returns whether this address is one of the trusted proxies, whose other headers may be believed, too. False of what is no
     * IP address.
     *
     * @param remoteAddress the other end of the connection
     */
    public boolean isTrusted(String remoteAddress) {
        byte[] address = parse(remoteAddress);
        return address != null && isTrusted(address);
    }

    private boolean isTrusted(byte[] address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    private static Network network(String text) {
        int slash = text.indexOf('/');
        byte[] address = parse(slash < 0 ? text : text.substring(0, slash));
        String bits = slash < 0 ? "" : text.substring(slash + 1);
        if (address == null || !bits.matches(slash < 0 ? "" : "\\d{1,3}")) {
            throw notANetwork(text);
        }
        int length = slash < 0 ? address.length * 8 : Integer.parseInt(bits);
        if (length > address.length * 8) {
            throw notANetwork(text);
        }
        return new Network(address, length);
    }

    private static IllegalArgumentException notANetwork(String text) {
        return new IllegalArgumentException("trusted proxy must be an address or a network such as 10.0.0.0/8, was '"
                + Redaction.printable(text) + "'");
    }

    /** Returns 4 or 16 bytes, or null. Some proxies add a port, or put IPv6 in brackets; a zone says nothing here. */
    private static byte @Nullable [] parse(String text) {
        String host = text;
        int bracket = host.indexOf(']');
        if (host.startsWith("[") && bracket > 0) {
            host = host.substring(1, bracket);
        } else if (host.indexOf(':') >= 0 && host.indexOf(':') == host.lastIndexOf(':')) {
            host = host.substring(0, host.indexOf(':'));
        }
        int zone = host.indexOf('%');
        host = zone < 0 ? host : host.substring(0, zone);
        return IPV6.matcher(host).matches() ? ipv6(host) : ipv4(host);
    }

    // By hand: the JDK would take 256.1.1.1 for a name, and ask for it.
    private static byte @Nullable [] ipv4(String host) {
        Matcher parts = IPV4.matcher(host);
        if (!parts.matches()) {
            return null;
        }
        byte[] address = new byte[4];
        for (int i = 0; i < address.length; i++) {
            int part = Integer.parseInt(parts.group(i + 1));
            if (part > 255) {
                return null;
            }
            address[i] = (byte) part;
        }
        return address;
    }

    private static byte @Nullable [] ipv6(String host) {
        try {
            // In brackets it is read as a literal or refused: never looked up.
            return InetAddress.getByName("[" + host + "]").getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static String print(byte[] address) {
        StringBuilder out = new StringBuilder();
        if (address.length * 8 == IPV4_BITS) {
            for (byte part : address) {
                out.append(out.isEmpty() ? "" : ".").append(part & 0xff);
            }
            return out.toString();
        }
        for (int i = 0; i < SUBSCRIBER_BITS / 8; i += 2) {
            out.append(Integer.toHexString((address[i] & 0xff) << 8 | (address[i + 1] & 0xff)))
                    .append(':');
        }
        return out.append(":/").append(SUBSCRIBER_BITS).toString();
    }
}
