#include <hdf5/serial/hdf5.h>

// HDF5 spells these constants `(H5open(), value)`; Swift imports literals only.
static inline unsigned ch5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned ch5_truncate(void) { return H5F_ACC_TRUNC; }

static inline hid_t ch5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t ch5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t ch5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t ch5_float32_le(void) { return H5T_IEEE_F32LE; }
static inline hid_t ch5_float64_le(void) { return H5T_IEEE_F64LE; }
static inline hid_t ch5_int64_le(void) { return H5T_STD_I64LE; }
static inline hid_t ch5_c_string(void) { return H5T_C_S1; }
static inline size_t ch5_variable(void) { return H5T_VARIABLE; }

static inline hid_t ch5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t ch5_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t ch5_link_create(void) { return H5P_LINK_CREATE; }

static inline haddr_t ch5_undefined_address(void) { return HADDR_UNDEF; }
static inline hid_t ch5_error_no_space(void) { return H5E_NOSPACE; }
static inline hid_t ch5_error_cannot_allocate(void) { return H5E_CANTALLOC; }
static inline hid_t ch5_error_truncated(void) { return H5E_TRUNCATED; }
