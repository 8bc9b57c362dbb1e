package dev.wellhead.pool;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Loads the pool once more, so that {@link Interleaving} hears of each access to fields that threads share. */
final class InterleavingLoader extends ClassLoader {
    private static final String PACKAGE = ConnectionPool.class.getPackageName() + ".";
    private static final String NOTIFIED = Interleaving.class.getName().replace('.', '/');
    private static final Set<Class<?>> SHARED_STATE =
            Set.of(Slot.class, Slots.class, WaitQueue.class, HandOff.class, Waiter.class, Books.class);

    private final Set<String> fields = new HashSet<>();

    InterleavingLoader() {
        super(InterleavingLoader.class.getClassLoader());
        for (Class<?> each : SHARED_STATE) {
            new ClassReader(bytes(each.getName())).accept(new VolatileFields(), ClassReader.SKIP_CODE);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PACKAGE) || name.startsWith(Interleaving.class.getName())) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] code = instrumented(bytes(name));
                loaded = defineClass(name, code, 0, code.length);
            }
            return loaded;
        }
    }

    private byte[] bytes(String name) {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + name, e);
        }
    }

    private byte[] instrumented(byte[] code) {
        ClassReader reader = new ClassReader(code);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(new Instrumenting(writer), 0);
        return writer.toByteArray();
    }

    private final class VolatileFields extends ClassVisitor {
        private String owner;

        VolatileFields() {
            super(Opcodes.ASM9);
        }

        @Override
        public void visit(
                int version, int access, String name, String signature, String superName, String[] interfaces) {
            owner = name;
        }

        @Override
        public FieldVisitor visitField(int access, String name, String descriptor, String signature, Object value) {
            if ((access & Opcodes.ACC_VOLATILE) != 0) {
                fields.add(owner + "." + name);
            }
            return null;
        }
    }

    private final class Instrumenting extends ClassVisitor {
        Instrumenting(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            return "<init>".equals(name) || "<clinit>".equals(name) ? next : new Notifying(next);
        }
    }

    private final class Notifying extends MethodVisitor {
        Notifying(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
            if (fields.contains(owner + "." + name)) {
                super.visitMethodInsn(Opcodes.INVOKESTATIC, NOTIFIED, "point", "()V", false);
            }
            super.visitFieldInsn(opcode, owner, name, descriptor);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (owner.equals("java/lang/invoke/VarHandle")) {
                super.visitMethodInsn(Opcodes.INVOKESTATIC, NOTIFIED, "point", "()V", false);
            } else if (owner.equals("java/util/concurrent/locks/ReentrantLock") && name.equals("lock")) {
                super.visitInsn(Opcodes.DUP);
                super.visitMethodInsn(
                        Opcodes.INVOKESTATIC,
                        NOTIFIED,
                        "beforeLock",
                        "(Ljava/util/concurrent/locks/ReentrantLock;)V",
                        false);
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }
    }
}
