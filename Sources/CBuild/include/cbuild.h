#ifndef CBUILD_H
#define CBUILD_H

/// The git commit that was built; "unknown" unless the build defined CELLAR_COMMIT.
const char *cb_commit(void);

#endif
