MetricSink metrics;
RateLimiter limiter;
Limit perIp, perMinute;
String clientIp, user, tenant;
record Page() {}
List<Page> pages;
interface Upstream { boolean isReady(); }
Upstream upstream;
abstract void export(Page page);
abstract Object tooManyRequests(Object headers);
