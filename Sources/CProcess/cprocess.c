#define _GNU_SOURCE
#include "cprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// Files in memory instead of pipes: neither side can wait for the other, and a program that ends early causes no SIGPIPE.
static int memory_file(const uint8_t *bytes, size_t size) {
    int file = memfd_create("cellar", MFD_CLOEXEC);
    if (file < 0) return -1;
    while (size > 0) {
        ssize_t written = write(file, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            close(file);
            return -1;
        }
        bytes += written;
        size -= (size_t)written;
    }
    lseek(file, 0, SEEK_SET);
    return file;
}

// The content of the file, with a NUL behind it. Returns NULL on failure.
static uint8_t *content(int file, size_t *size) {
    struct stat status;
    if (fstat(file, &status) != 0) return NULL;
    size_t length = (size_t)status.st_size, at = 0;
    uint8_t *bytes = malloc(length + 1);
    if (bytes == NULL) return NULL;
    while (at < length) {
        ssize_t found = pread(file, bytes + at, length - at, (off_t)at);
        if (found < 0 && errno == EINTR) continue;
        if (found <= 0) break;
        at += (size_t)found;
    }
    bytes[at] = 0;
    *size = at;
    return bytes;
}

static int run(const char *program, const char *argument, int files[3], int *status) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 3; i++) posix_spawn_file_actions_adddup2(&actions, files[i], i);
    char *arguments[] = {(char *)program, (char *)argument, NULL};
    pid_t process;
    int failed = posix_spawn(&process, program, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) return failed;
    int ended = 0;
    while (waitpid(process, &ended, 0) < 0) {
        if (errno != EINTR) return errno;
    }
    *status = WIFSIGNALED(ended) ? 128 + WTERMSIG(ended) : WEXITSTATUS(ended);
    return 0;
}

int cpr_run(const char *program, const char *argument, const uint8_t *input, size_t size, cpr_result *result) {
    int files[3] = {memory_file(input, size), memory_file(NULL, 0), memory_file(NULL, 0)};
    int failed = files[0] < 0 || files[1] < 0 || files[2] < 0 ? errno : 0;
    if (failed == 0) failed = run(program, argument, files, &result->status);
    if (failed == 0) {
        size_t length;
        result->output = content(files[1], &result->output_size);
        result->error = (char *)content(files[2], &length);
        if (result->output == NULL || result->error == NULL) {
            free(result->output);
            free(result->error);
            failed = ENOMEM;
        }
    }
    for (int i = 0; i < 3; i++) {
        if (files[i] >= 0) close(files[i]);
    }
    return failed;
}

void cpr_free(void *memory) { free(memory); }

int cpr_shared_memory(void) { return memory_file(NULL, 0); }

long cpr_executable(char *path, size_t capacity) {
    ssize_t length = readlink("/proc/self/exe", path, capacity - 1);
    if (length < 0 || (size_t)length >= capacity - 1) return -1;
    path[length] = 0;
    return length;
}
