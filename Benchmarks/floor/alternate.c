// Runs several commands in turn, each RUNS times, and prints for each how long it took from its start to its end:
// the best, the quartile and the median, then its processor time, all in milliseconds. Alternating, so that whatever else
// the machine does meets all of them; the quartile is the steadiest where it does a lot.
// usage: alternate RUNS :: COMMAND ARGUMENT… :: COMMAND ARGUMENT… (their standard output is thrown away)
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most = 16 };

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double milliseconds(struct timeval t) { return (double)t.tv_sec * 1e3 + (double)t.tv_usec * 1e-3; }

int main(int count, char **arguments) {
    const int runs = count > 1 ? atoi(arguments[1]) : 0;
    char **commands[most];
    double *wall[most], *used[most];
    int number = 0;
    for (int i = 2; i < count && number < most; i++) {
        if (strcmp(arguments[i], "::") != 0) continue;
        arguments[i] = NULL;
        commands[number++] = arguments + i + 1;
    }
    if (runs < 1 || number == 0) return 64;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    for (int i = 0; i < number; i++)
        wall[i] = calloc((size_t)runs, sizeof(double)), used[i] = calloc((size_t)runs, sizeof(double));
    for (int run = -3; run < runs; run++) {
        for (int i = 0; i < number; i++) {
            struct timespec start, end;
            struct rusage usage;
            pid_t process;
            int status;
            clock_gettime(CLOCK_MONOTONIC, &start);
            if (posix_spawnp(&process, commands[i][0], &actions, NULL, commands[i], environ) != 0) return 66;
            wait4(process, &status, 0, &usage);
            clock_gettime(CLOCK_MONOTONIC, &end);
            if (status != 0) return fprintf(stderr, "%s failed\n", commands[i][0]), 70;
            if (run < 0) continue;
            wall[i][run] = (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) * 1e-6;
            used[i][run] = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
        }
    }
    for (int i = 0; i < number; i++) {
        qsort(wall[i], (size_t)runs, sizeof(double), by_size);
        qsort(used[i], (size_t)runs, sizeof(double), by_size);
        printf("%-40s best %6.2f  quartile %6.2f  median %6.2f  processor %6.2f\n", commands[i][0], wall[i][0],
            wall[i][runs / 4], wall[i][runs / 2], used[i][runs / 2]);
    }
}
