package dev.wellhead.spring;

import java.util.Locale;

/** How one name is written here and there. */
final class Names {
    private Names() {}

    /** Returns the name as properties have it: {@code speciesByName} and {@code SPECIES_BY_NAME} are {@code species-by-name}. */
    static String kebab(String name) {
        StringBuilder kebab = new StringBuilder(name.length() + 8);
        boolean wasLower = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '_') {
                kebab.append('-');
                wasLower = false;
                continue;
            }
            if (Character.isUpperCase(c) && wasLower) {
                kebab.append('-');
            }
            kebab.append(c);
            wasLower = Character.isLowerCase(c) || Character.isDigit(c);
        }
        return kebab.toString().toLowerCase(Locale.ROOT);
    }

    /** Returns the name as parameters have it: {@code per-ip} is {@code perIp}. */
    static String camel(String name) {
        StringBuilder camel = new StringBuilder(name.length());
        boolean upper = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '-' || c == '.' || c == '_') {
                upper = camel.length() > 0;
            } else {
                camel.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return camel.toString();
    }
}
