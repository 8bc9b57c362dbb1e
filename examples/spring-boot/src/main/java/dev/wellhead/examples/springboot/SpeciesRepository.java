package dev.wellhead.examples.springboot;

import org.springframework.data.jpa.repository.JpaRepository;

/** The species in the database. */
interface SpeciesRepository extends JpaRepository<Species, Long> {}
