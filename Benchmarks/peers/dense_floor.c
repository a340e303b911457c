// The matrix products of one MNIST epoch, and nothing else, done densely by OpenBLAS: the floor under every framework
// that does not leave out zeros. usage: dense_floor BATCH REPEATS; prints the seconds of each epoch.
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { layers = 3, rows = 55000, validation = 5000, validation_batch = 1000 };
static const int size[layers + 1] = {784, 300, 100, 10};
static float *x[layers + 1], *dx[layers + 1], *w[layers], *dw[layers];

static float *some(size_t n) {
    float *p = malloc(n * sizeof *p);
    for (size_t i = 0; i < n; i++) p[i] = (float)rand() / RAND_MAX - 0.5f;
    return p;
}

static void forward(int n) {
    for (int l = 0; l < layers; l++)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, size[l + 1], size[l], 1, x[l], size[l], w[l], size[l + 1],
            0, x[l + 1], size[l + 1]);
}

static void backward(int n) {
    for (int l = layers; l-- > 0;) {
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, size[l], size[l + 1], n, 1, x[l], size[l], dx[l + 1], size[l + 1],
            0, dw[l], size[l + 1]);
        if (l > 0)  // nobody asks for the images' gradient
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, size[l], size[l + 1], 1, dx[l + 1], size[l + 1],
                w[l], size[l + 1], 0, dx[l], size[l]);
    }
}

int main(int count, char **arguments) {
    if (count != 3) return 64;
    const int batch = atoi(arguments[1]), repeats = atoi(arguments[2]);
    for (int l = 0; l <= layers; l++) {
        x[l] = some((size_t)validation_batch * size[l]);
        dx[l] = some((size_t)validation_batch * size[l]);
        if (l < layers) w[l] = some((size_t)size[l] * size[l + 1]), dw[l] = some((size_t)size[l] * size[l + 1]);
    }
    for (int i = -1; i < repeats; i++) {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        for (int done = 0; done < rows; done += batch) {
            const int n = rows - done < batch ? rows - done : batch;
            forward(n);
            backward(n);
        }
        for (int done = 0; done < validation; done += validation_batch) forward(validation_batch);
        clock_gettime(CLOCK_MONOTONIC, &b);
        if (i >= 0) printf("%.6f\n", (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec));
    }
}
