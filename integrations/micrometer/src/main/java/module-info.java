/** What the modules measure, as meters of a Micrometer registry. */
module dev.wellhead.micrometer {
    requires static org.jspecify;
    requires transitive dev.wellhead.core;
    requires transitive micrometer.core;
    requires org.slf4j;

    exports dev.wellhead.micrometer;
}
