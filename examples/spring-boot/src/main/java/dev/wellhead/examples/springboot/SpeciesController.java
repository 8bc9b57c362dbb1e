package dev.wellhead.examples.springboot;

import dev.wellhead.cache.Cache;
import dev.wellhead.ratelimit.Decision;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Tells and changes the names of species. */
@RestController
class SpeciesController {
    private final SpeciesRepository repository;
    private final TransactionTemplate transaction;
    private final Cache<Long, String> speciesNames;
    private final RateLimiter limiter;
    private final Limit perAddress;

    SpeciesController(
            SpeciesRepository repository,
            TransactionTemplate transaction,
            Cache<Long, String> speciesNames,
            RateLimiter limiter,
            Limit perAddress) {
        this.repository = repository;
        this.transaction = transaction;
        this.speciesNames = speciesNames;
        this.limiter = limiter;
        this.perAddress = perAddress;
    }

    @GetMapping("/species/{id}")
    ResponseEntity<String> name(@PathVariable long id, HttpServletRequest request) {
        Decision decision = limiter.tryAcquire(perAddress, request.getRemoteAddr());
        if (!decision.allowed()) {
            return ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS)
                    .header("Retry-After", String.valueOf(decision.retryAfter().toSeconds() + 1))
                    .build();
        }
        String name = speciesNames.get(
                id, key -> repository.findById(key).map(Species::name).orElse(""));
        return name.isEmpty() ? ResponseEntity.notFound().build() : ResponseEntity.ok(name);
    }

    @PutMapping("/species/{id}")
    ResponseEntity<Void> rename(@PathVariable long id, @RequestBody String name) {
        Boolean found = transaction.execute(status -> {
            repository.findById(id).ifPresent(species -> species.rename(name));
            return repository.existsById(id);
        });
        // After the commit: a load before it would read the old name.
        speciesNames.invalidate(id);
        return Boolean.TRUE.equals(found)
                ? ResponseEntity.noContent().build()
                : ResponseEntity.notFound().build();
    }
}
