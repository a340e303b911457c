#include "csigning.h"

#include <gmp.h>
#include <nettle/dsa.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/ecdsa.h>
#include <string.h>
#include <sys/random.h>

enum { length = 32 };

static void set(mpz_t number, const uint8_t *bytes) { mpz_import(number, length, 1, 1, 1, 0, bytes); }

static void get(const mpz_t number, uint8_t *bytes) {
    size_t used = (mpz_sizeinbase(number, 2) + 7) / 8;
    memset(bytes, 0, length);
    mpz_export(bytes + length - used, NULL, 1, 1, 1, 0, number);
}

// Sets `failed` if the system has no random numbers.
static void fill(void *failed, size_t count, uint8_t *bytes) {
    while (count > 0) {
        ssize_t got = getrandom(bytes, count, 0);
        if (got <= 0) {
            *(bool *)failed = true;
            memset(bytes, 1, count);
            return;
        }
        bytes += got;
        count -= (size_t)got;
    }
}

static bool read_scalar(struct ecc_scalar *scalar, const uint8_t *bytes) {
    mpz_t number;
    mpz_init(number);
    set(number, bytes);
    ecc_scalar_init(scalar, nettle_get_secp_256r1());
    bool ok = ecc_scalar_set(scalar, number) == 1;
    mpz_clear(number);
    return ok;
}

static bool read_point(struct ecc_point *point, const uint8_t *bytes) {
    mpz_t x, y;
    mpz_inits(x, y, NULL);
    set(x, bytes);
    set(y, bytes + length);
    ecc_point_init(point, nettle_get_secp_256r1());
    bool ok = ecc_point_set(point, x, y) == 1;
    mpz_clears(x, y, NULL);
    return ok;
}

bool cs_public_key(const uint8_t *private_key, uint8_t *bytes) {
    struct ecc_scalar scalar;
    bool ok = read_scalar(&scalar, private_key);
    if (ok) {
        struct ecc_point point;
        mpz_t x, y;
        mpz_inits(x, y, NULL);
        ecc_point_init(&point, nettle_get_secp_256r1());
        ecc_point_mul_g(&point, &scalar);
        ecc_point_get(&point, x, y);
        get(x, bytes);
        get(y, bytes + length);
        ecc_point_clear(&point);
        mpz_clears(x, y, NULL);
    }
    ecc_scalar_clear(&scalar);
    return ok;
}

bool cs_is_public_key(const uint8_t *bytes) {
    struct ecc_point point;
    bool ok = read_point(&point, bytes);
    ecc_point_clear(&point);
    return ok;
}

bool cs_sign(const uint8_t *private_key, const uint8_t *digest, uint8_t *bytes) {
    struct ecc_scalar scalar;
    bool failed = !read_scalar(&scalar, private_key);
    if (!failed) {
        struct dsa_signature signature;
        dsa_signature_init(&signature);
        ecdsa_sign(&scalar, &failed, fill, length, digest, &signature);
        get(signature.r, bytes);
        get(signature.s, bytes + length);
        dsa_signature_clear(&signature);
    }
    ecc_scalar_clear(&scalar);
    return !failed;
}

bool cs_verify(const uint8_t *bytes, const uint8_t *digest, const uint8_t *given) {
    struct ecc_point point;
    bool ok = read_point(&point, bytes);
    if (ok) {
        struct dsa_signature signature;
        dsa_signature_init(&signature);
        set(signature.r, given);
        set(signature.s, given + length);
        ok = ecdsa_verify(&point, length, digest, &signature) == 1;
        dsa_signature_clear(&signature);
    }
    ecc_point_clear(&point);
    return ok;
}
