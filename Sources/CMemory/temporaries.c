#define _GNU_SOURCE  // sigaction
#include "cmemory.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { room = 64 };
static _Atomic(char *) paths[room];

int cm_remember_temporary(const char *path) {
    char *copy = strdup(path);
    if (copy == NULL) return -1;
    for (int i = 0; i < room; i++) {
        char *none = NULL;
        if (atomic_compare_exchange_strong(&paths[i], &none, copy)) return i;
    }
    free(copy);
    return -1;
}

void cm_forget_temporary(int number) {
    if (number >= 0 && number < room) free(atomic_exchange(&paths[number], NULL));
}

void cm_remove_temporaries(void) {
    for (int i = 0; i < room; i++) {
        // Taken out and not freed: `free` is not safe in a signal handler, and nobody else frees it now.
        char *path = atomic_exchange(&paths[i], NULL);
        if (path != NULL) (void)unlink(path);
    }
}

static void end(int kind) {
    cm_remove_temporaries();
    // The handler is reset; the signal ends the process once this returns.
    raise(kind);
}

void cm_remove_temporaries_on_signals(void) {
    const int kinds[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct sigaction now;
        if (sigaction(kinds[i], NULL, &now) != 0 || now.sa_handler != SIG_DFL) continue;
        struct sigaction wanted = {.sa_handler = end, .sa_flags = (int)SA_RESETHAND};
        sigemptyset(&wanted.sa_mask);
        (void)sigaction(kinds[i], &wanted, NULL);
        // A program that starts this one may have left the signal blocked.
        sigset_t own;
        sigemptyset(&own);
        sigaddset(&own, kinds[i]);
        (void)sigprocmask(SIG_UNBLOCK, &own, NULL);
    }
    signal(SIGXFSZ, SIG_IGN);
}
