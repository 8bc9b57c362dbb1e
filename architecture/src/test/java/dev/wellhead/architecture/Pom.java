package dev.wellhead.architecture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** A pom as it was written, with its parents in the local repository. */
record Pom(Path file, Element project) {
    private static final Set<String> HANDED_ON = Set.of("", "compile", "runtime");

    static Pom of(BuiltModule.Library library) throws IOException {
        String jar = library.file().toString();
        return read(Path.of(jar.substring(0, jar.length() - ".jar".length()) + ".pom"));
    }

    static Pom read(Path file) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            return new Pom(
                    file, factory.newDocumentBuilder().parse(file.toFile()).getDocumentElement());
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + " cannot be read", e);
        }
    }

    boolean handsOn(BuiltModule.Library library) {
        return children(project, "dependencies", "dependency").stream()
                .anyMatch(dependency -> text(dependency, "artifactId").equals(library.name())
                        && text(dependency, "groupId").equals(library.group())
                        && HANDED_ON.contains(text(dependency, "scope"))
                        && !text(dependency, "optional").equals("true"));
    }

    List<String> provided() {
        return children(project, "dependencies", "dependency").stream()
                .filter(dependency -> text(dependency, "scope").equals("provided"))
                .map(dependency -> text(dependency, "artifactId"))
                .toList();
    }

    /** Returns its licences, by their names in SPDX where it has such; those of the next parent that names any. */
    String licences() throws IOException {
        List<Element> named = children(project, "licenses", "license");
        if (!named.isEmpty()) {
            return named.stream()
                    .map(licence -> spdx(text(licence, "name")))
                    .distinct()
                    .collect(Collectors.joining(" or "));
        }
        List<Element> parents = children(project, "parent");
        if (parents.isEmpty()) {
            return "unknown";
        }
        return parent(parents.get(0)).licences();
    }

    private Pom parent(Element parent) throws IOException {
        String group = text(parent, "groupId");
        String name = text(parent, "artifactId");
        String version = text(parent, "version");
        Path root = file.toAbsolutePath();
        // version, name, and the parts of the group of this one.
        int levels = 3 + ownGroup().split("\\.", -1).length;
        for (int i = 0; i < levels; i++) {
            root = root.getParent();
        }
        return read(root.resolve(group.replace('.', '/'))
                .resolve(name)
                .resolve(version)
                .resolve(name + "-" + version + ".pom"));
    }

    private String ownGroup() {
        String own = text(project, "groupId");
        return own.isEmpty() ? text(children(project, "parent").get(0), "groupId") : own;
    }

    private static String spdx(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.contains("apache")) {
            return "Apache-2.0";
        }
        if (lower.contains("bsd")) {
            return lower.contains("2") ? "BSD-2-Clause" : "BSD-3-Clause";
        }
        if (lower.contains("mit")) {
            return lower.contains("0") ? "MIT-0" : "MIT";
        }
        if (lower.contains("lesser") || lower.contains("lgpl")) {
            return "LGPL-2.1";
        }
        return lower.contains("eclipse") ? "EPL-" + name.replaceAll("\\D*(\\d\\.\\d).*|.*", "$1") : name;
    }

    private static String text(Element parent, String name) {
        List<Element> found = children(parent, name);
        return found.isEmpty() ? "" : found.get(0).getTextContent().strip();
    }

    private static List<Element> children(Element parent, String... path) {
        List<Element> found = List.of(parent);
        for (String name : path) {
            List<Element> below = new ArrayList<>();
            for (Element element : found) {
                for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
                    if (child instanceof Element one && one.getTagName().equals(name)) {
                        below.add(one);
                    }
                }
            }
            found = below;
        }
        return found;
    }
}
