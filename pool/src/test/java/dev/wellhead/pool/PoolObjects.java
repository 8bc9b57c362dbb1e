package dev.wellhead.pool;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** The objects that a pool is made of, wherever they hang: those of its package, and the locks in them. */
final class PoolObjects {
    private static final Map<Class<?>, List<MethodHandle>> GETTERS = new ConcurrentHashMap<>();

    private final Set<Object> all = Collections.newSetFromMap(new IdentityHashMap<>());

    private PoolObjects() {}

    static PoolObjects reachableFrom(Object root) {
        PoolObjects found = new PoolObjects();
        Deque<Object> next = new ArrayDeque<>(List.of(root));
        found.all.add(root);
        while (!next.isEmpty()) {
            for (Object part : parts(next.pop())) {
                if (found.all.add(part)) {
                    next.push(part);
                }
            }
        }
        return found;
    }

    /** Returns the only object of this class. */
    <T> T only(Class<T> type) {
        List<T> found = all.stream().filter(type::isInstance).map(type::cast).toList();
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " objects of " + type + ", and one is wanted");
        }
        return found.get(0);
    }

    /** Returns whether the current thread holds a lock or the monitor of one of them. */
    boolean isAnyLocked() {
        for (Object each : all) {
            if (Thread.holdsLock(each) || (each instanceof ReentrantLock lock && lock.isHeldByCurrentThread())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOurs(Object part) {
        Class<?> type = part.getClass();
        return part instanceof ReentrantLock
                || (type.getPackageName().equals(PoolObjects.class.getPackageName())
                        && !type.isArray()
                        && !type.isHidden()
                        && !type.isEnum());
    }

    private static List<Object> parts(Object whole) {
        List<Object> parts = new ArrayList<>();
        if (whole instanceof ReentrantLock) {
            return parts;
        }
        try {
            for (MethodHandle getter : GETTERS.computeIfAbsent(whole.getClass(), PoolObjects::getters)) {
                Object part = getter.invoke(whole);
                if (part != null && isOurs(part)) {
                    parts.add(part);
                }
            }
        } catch (Throwable e) {
            throw new IllegalStateException("cannot look into " + whole.getClass(), e);
        }
        return parts;
    }

    private static List<MethodHandle> getters(Class<?> type) {
        List<MethodHandle> getters = new ArrayList<>();
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    getters.add(lookup.unreflectGetter(field));
                }
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot look into " + type, e);
        }
        return getters;
    }
}
