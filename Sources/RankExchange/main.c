// cellar-mpi: exchanges numbers with the other ranks of an MPI run for the `trainer` that started it.
// `Sources/Cellar/Trainer/RankGroup.swift` is the other side.
//
// It is a program of its own, because the commands are static executables, in which glibc's dlopen does not work. Open MPI's
// functions are found at run time, so that building needs none of its headers.
//
// Standard input and output are a socket to the trainer; descriptor 3 is memory that both see. After its start it writes
// {rank, ranks}, 32 bits each. Each command is two numbers of 64 bits, `floats` and `bytes`, and is answered with one byte when it is
// done. The memory then has
//
//   floats * float      in: this rank's numbers; out: the sums over all ranks
//   floats * float      the numbers of another rank
//   bytes               in: this rank's bytes
//   ranks * bytes       out: the bytes of all ranks, in their order
//
// The sums are ((r0 + r1) + (r2 + r3)) + …, for a number of ranks that is a power of two: two ranks exchange what they have, and add the same two
// numbers, so that all get the same bits. (MPI_Allreduce does not promise an order.) A command of twice 2^64 - 1 is the end of
// the run. If the trainer ends without it, the run is aborted, as the other ranks would wait for this one.
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { unavailable = 69, failed = 70, shared = 3 };
// MPI counts in `int`.
static const uint64_t most = 1 << 28;

#define FUNCTIONS(X) \
    X(MPI_Init, (int *, char ***)) \
    X(MPI_Comm_rank, (void *, int *)) \
    X(MPI_Comm_size, (void *, int *)) \
    X(MPI_Sendrecv, (const void *, int, void *, int, int, void *, int, void *, int, int, void *, void *)) \
    X(MPI_Allgather, (const void *, int, void *, void *, int, void *, void *)) \
    X(MPI_Abort, (void *, int)) \
    X(MPI_Finalize, (void))
#define DEFINE(name, arguments) static int(*name) arguments;
FUNCTIONS(DEFINE)

static void *world, *type_float, *type_byte;
static int rank, ranks;

static void *find(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) {
        fprintf(stderr, "cellar-mpi: this is not Open MPI: it has no %s\n", name);
        _exit(unavailable);
    }
    return found;
}

static void load(void) {
    // Its parts are loaded by itself, and need its names.
    void *library = dlopen("libmpi.so.40", RTLD_NOW | RTLD_GLOBAL);
    if (library == NULL) {
        fprintf(stderr, "cellar-mpi: Open MPI is missing (%s); apt-get install libopenmpi3 installs it\n", dlerror());
        _exit(unavailable);
    }
    void *found;
    // ISO C has no conversion from an object's pointer to a function's.
#define FIND(name, arguments) \
    found = find(library, #name); \
    memcpy(&name, &found, sizeof found);
    FUNCTIONS(FIND)
    world = find(library, "ompi_mpi_comm_world");
    type_float = find(library, "ompi_mpi_float");
    type_byte = find(library, "ompi_mpi_byte");
}

// Reads all bytes. Returns 0 at the end of the input.
static int take(void *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t count = read(STDIN_FILENO, (char *)bytes + done, size - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return 0;
        done += (size_t)count;
    }
    return 1;
}

static void put(const void *bytes, size_t size) {
    // Without a trainer the run has no purpose.
    if (write(STDOUT_FILENO, bytes, size) != (ssize_t)size) MPI_Abort(world, failed);
}

static void add(float *restrict sum, const float *restrict other, size_t count) {
    for (size_t i = 0; i < count; i++) sum[i] += other[i];
}

static void exchange(float *memory, uint64_t floats, uint64_t bytes) {
    float *other = memory + floats;
    for (int step = 1; step < ranks; step *= 2) {
        // In parts, as an `int` counts them.
        for (uint64_t start = 0; start < floats; start += most) {
            int count = (int)(floats - start < most ? floats - start : most), partner = rank ^ step;
            MPI_Sendrecv(memory + start, count, type_float, partner, 1, other + start, count, type_float, partner, 1,
                         world, NULL);
        }
        add(memory, other, floats);
    }
    char *mine = (char *)(other + floats);
    MPI_Allgather(mine, (int)bytes, type_byte, mine + bytes, (int)bytes, type_byte, world);
}

int main(void) {
    // The launcher sends signals to whole groups; the trainer decides what becomes of the run.
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    load();
    if (MPI_Init(NULL, NULL) != 0) return failed;
    MPI_Comm_rank(world, &rank);
    MPI_Comm_size(world, &ranks);
    int32_t place[2] = {rank, ranks};
    put(place, sizeof place);
    float *memory = NULL;
    size_t mapped = 0;
    uint64_t command[2];
    while (take(command, sizeof command)) {
        if (command[0] == UINT64_MAX) {
            MPI_Finalize();
            return 0;
        }
        if ((ranks & (ranks - 1)) != 0 || command[1] > most) MPI_Abort(world, failed);
        size_t needed = (size_t)(2 * sizeof(float) * command[0] + (uint64_t)(ranks + 1) * command[1]);
        struct stat status;
        if (fstat(shared, &status) != 0 || (size_t)status.st_size < needed) MPI_Abort(world, failed);
        if (needed > mapped) {
            if (memory != NULL) munmap(memory, mapped);
            mapped = (size_t)status.st_size;
            memory = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
            if (memory == MAP_FAILED) MPI_Abort(world, failed);
        }
        if (needed > 0) exchange(memory, command[0], command[1]);
        put("", 1);
    }
    MPI_Abort(world, failed);
    return failed;
}
