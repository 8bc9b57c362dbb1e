/** What the starter needs on Spring Boot 3, where connection details and health lie in other packages than on Boot 4. */
@NullMarked
package dev.wellhead.spring.boot3;

import org.jspecify.annotations.NullMarked;
