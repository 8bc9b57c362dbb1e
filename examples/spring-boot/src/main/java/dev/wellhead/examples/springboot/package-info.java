/** An application as Spring Boot has them, on Wellhead. */
@NullMarked
package dev.wellhead.examples.springboot;

import org.jspecify.annotations.NullMarked;
