#include <sqlite3.h>

/// Keeps a connection from running triggers. `sqlite3_db_config` takes a variable list of arguments, which Swift cannot call.
static inline int ck_disable_triggers(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)0);
}
