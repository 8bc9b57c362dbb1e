package dev.wellhead.cli.doctor;

/** Tells hosts of this machine from others, by their names. Pure: nothing is looked up. */
final class Hosts {
    private Hosts() {}

    static boolean isLoopback(String host) {
        String name = host.replaceAll("^\\[|]$", "");
        return name.isEmpty()
                || name.equalsIgnoreCase("localhost")
                || name.equals("::1")
                || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }
}
