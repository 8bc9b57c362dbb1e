package dev.wellhead.cache;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Loads the cache as it was compiled, but with other names for what waits, ticks, draws lots and talks to Redis: a {@link
 * Simulation} decides about all of these, so that a seed is a run. Nothing of the cache knows it.
 */
final class SimulatedLoader extends ClassLoader {
    private static final String PACKAGE = "dev.wellhead.cache.";
    private static final int UTF8 = 1;
    private static final Map<String, String> REPLACED = Map.of(
            "java/util/concurrent/CompletableFuture", "dev/wellhead/cache/SimulatedFuture",
            "java/util/concurrent/CompletionStage", "dev/wellhead/cache/SimulatedStage",
            "java/util/concurrent/ScheduledThreadPoolExecutor", "dev/wellhead/cache/SimulatedTimer",
            "java/util/concurrent/ThreadLocalRandom", "dev/wellhead/cache/SimulatedRandom",
            "java/security/SecureRandom", "dev/wellhead/cache/SimulatedRandom",
            "dev/wellhead/redis/Redis", "dev/wellhead/cache/SimulatedRedis");
    private static final Pattern NAMES =
            Pattern.compile("(" + String.join("|", REPLACED.keySet()) + ")(?![A-Za-z0-9_$])");

    private SimulatedLoader(ClassLoader parent) {
        super(parent);
        setDefaultAssertionStatus(true);
    }

    /**
     * Returns the model of the cache whose classes the asking class was loaded with. It takes a seed and steps, and returns
     * what went wrong, or null. For one thread at a time.
     */
    @SuppressWarnings("unchecked")
    static BiFunction<Long, int[], String> model(Class<?> asking) {
        try {
            Class<?> loaded =
                    Class.forName(CacheModel.class.getName(), true, new SimulatedLoader(asking.getClassLoader()));
            return (BiFunction<Long, int[], String>) loaded.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PACKAGE)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String file = name.replace('.', '/') + ".class";
        // A loader of a mutant has the mutant's folder first, but asks its parent before it.
        URL found = getParent() instanceof URLClassLoader own
                ? own.findResource(file)
                : getParent().getResource(file);
        if (found == null) {
            throw new ClassNotFoundException(name);
        }
        try (InputStream in = found.openStream()) {
            byte[] bytes = in.readAllBytes();
            boolean simulator = name.startsWith(PACKAGE + "Simulat");
            byte[] defined = simulator ? bytes : renamed(bytes);
            return defineClass(name, defined, 0, defined.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /** Copies a class file; in its constants, names of classes are replaced wherever they stand. */
    private static byte[] renamed(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(bytes));
        ByteArrayOutputStream copy = new ByteArrayOutputStream(bytes.length + 512);
        DataOutputStream out = new DataOutputStream(copy);
        out.writeLong(in.readLong());
        int count = in.readUnsignedShort();
        out.writeShort(count);
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            out.writeByte(tag);
            if (tag == UTF8) {
                Matcher matcher = NAMES.matcher(in.readUTF());
                out.writeUTF(matcher.replaceAll(found -> REPLACED.get(found.group(1))));
            } else {
                out.write(in.readNBytes(sizeOf(tag)));
                // Numbers of eight bytes count twice.
                i += tag == 5 || tag == 6 ? 1 : 0;
            }
        }
        in.transferTo(out);
        return copy.toByteArray();
    }

    private static int sizeOf(int tag) {
        return switch (tag) {
            case 7, 8, 16, 19, 20 -> 2;
            case 15 -> 3;
            case 3, 4, 9, 10, 11, 12, 17, 18 -> 4;
            case 5, 6 -> 8;
            default -> throw new AssertionError("constant of kind " + tag);
        };
    }
}
