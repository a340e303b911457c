// Foundation brings ICU's locale data along: 34 MB of calendars, collations and number formats in the symbol
// icudt76_dat, which is one member of lib_FoundationICU.a. We use none of it. A static link takes that member only where
// the symbol is still undefined, so this empty archive takes its place. In a dynamic link, lib_FoundationICU.so keeps
// its own data and this symbol is unused.
//
// 76 is ICU's version in Swift 6.2 and 6.3. With another version the commands are 34 MB larger and work as before;
// `make test-release` reports the size.
//
// Source: ICU 76, source/stubdata/stubdata.cpp, which has the same contents, and udatamem.h, ucmndata.h for the form.
#include "cnolocaledata.h"

#include <stdint.h>

struct empty_archive {
    uint16_t header_size;
    uint8_t magic[2];
    struct {
        uint16_t size;
        uint16_t reserved;
        uint8_t is_big_endian, charset_family, size_of_uchar, reserved_byte;
        uint8_t format[4], format_version[4], data_version[4];
    } info;
    uint8_t padding[8];
    // The table of contents.
    uint32_t entries, end;
};

_Static_assert(sizeof(struct empty_archive) == 40, "a header of 32 bytes, then the table of contents");

extern const struct empty_archive icudt76_dat;

const struct empty_archive icudt76_dat __attribute__((aligned(16))) = {
    .header_size = 32,
    .magic = {0xda, 0x27},
    .info = {
        .size = 20,
        .is_big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
        .charset_family = 0,
        .size_of_uchar = 2,
        .format = {'T', 'o', 'C', 'P'},
        .format_version = {1},
    },
};
