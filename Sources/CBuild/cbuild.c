#include "cbuild.h"

// A function in a target of its own, so that a new commit compiles this file and nothing else.
#ifndef CELLAR_COMMIT
#define CELLAR_COMMIT "unknown"
#endif

const char *cb_commit(void) { return CELLAR_COMMIT; }
