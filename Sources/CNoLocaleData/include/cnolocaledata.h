#ifndef CNOLOCALEDATA_H
#define CNOLOCALEDATA_H

// The target exists for the symbol that it defines; nothing calls it.

#endif
