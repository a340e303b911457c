// ECDSA over the curve P-256 (FIPS 186-4), by nettle. Numbers are 32 bytes, the most significant first; points are X and Y.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Computes the public key of a private one. Returns false if it is not in 1 … n-1.
bool cs_public_key(const uint8_t *private_key, uint8_t *point);

// Returns true if the point is on the curve.
bool cs_is_public_key(const uint8_t *point);

// Signs a SHA-256; the signature is r and s. Returns false if the key is out of range, or the system has no random numbers.
bool cs_sign(const uint8_t *private_key, const uint8_t *digest, uint8_t *signature);

bool cs_verify(const uint8_t *point, const uint8_t *digest, const uint8_t *signature);
