// Runs a program on bytes in memory and returns what it writes.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *output; // standard output, to be freed with cpr_free
    size_t output_size;
    char *error; // standard error as text, to be freed with cpr_free
    int status;  // the exit status; 128 + the signal that ended the program
} cpr_result;

// Runs `program` with one argument and `input` as its standard input. Returns 0, or the errno of the call that failed.
int cpr_run(const char *program, const char *argument, const uint8_t *input, size_t size, cpr_result *result);

void cpr_free(void *memory);

// A file in memory, without content, which programs that are started do not get by themselves. Returns its descriptor, or -1.
int cpr_shared_memory(void);

// The path of the running executable in `path`, ended by a NUL. Returns its length, or -1.
long cpr_executable(char *path, size_t capacity);
