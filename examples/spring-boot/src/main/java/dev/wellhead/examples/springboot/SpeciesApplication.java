package dev.wellhead.examples.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the application. */
@SpringBootApplication
public class SpeciesApplication {
    /** Starts the application with these arguments. */
    public static void main(String[] arguments) {
        SpringApplication.run(SpeciesApplication.class, arguments);
    }
}
