// What `infer digit.png` cannot do without, and nothing else: open the model's HDF5 file, read the weights, decode the
// picture, multiply, print the class. No checks, no names looked up, no registry: the floor under a cold start.
// usage: digit_floor MODEL.h5 DIGIT.png LAYER… (the Dense layers' names, in order; ReLU but for the last)
//
// Built statically, as its time is mostly the dynamic linker's otherwise (see build.sh).
#include <hdf5.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static float *read_weight(hid_t file, const char *layer, const char *weight, hsize_t *sizes) {
    char path[512];
    snprintf(path, sizeof path, "model_weights/%s/%s/%s:0", layer, layer, weight);
    hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT), space = H5Dget_space(dataset);
    H5Sget_simple_extent_dims(space, sizes, NULL);
    float *values = malloc((size_t)H5Sget_simple_extent_npoints(space) * sizeof *values);
    if (H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) exit(65);
    H5Sclose(space);
    H5Dclose(dataset);
    return values;
}

int main(int count, char **arguments) {
    if (count < 4) return 64;
    png_image picture = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_file(&picture, arguments[2])) return 66;
    picture.format = PNG_FORMAT_GRAY;
    unsigned char *pixels = malloc(PNG_IMAGE_SIZE(picture));
    if (!png_image_finish_read(&picture, NULL, pixels, 0, NULL)) return 65;
    size_t width = (size_t)picture.width * picture.height;
    float *x = malloc(width * sizeof *x);
    for (size_t i = 0; i < width; i++) x[i] = (float)pixels[i] / 255;

    H5dont_atexit();
    hid_t file = H5Fopen(arguments[1], H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) return 66;
    for (int layer = 3; layer < count; layer++) {
        hsize_t kernel_size[2], bias_size[1];
        float *kernel = read_weight(file, arguments[layer], "kernel", kernel_size);
        float *y = read_weight(file, arguments[layer], "bias", bias_size);
        if (kernel_size[0] != width) return 65;
        for (size_t i = 0; i < kernel_size[0]; i++)
            if (x[i] != 0)
                for (size_t j = 0; j < kernel_size[1]; j++) y[j] += x[i] * kernel[i * kernel_size[1] + j];
        width = kernel_size[1];
        if (layer < count - 1)
            for (size_t j = 0; j < width; j++) y[j] = y[j] > 0 ? y[j] : 0;
        x = y;
    }
    H5Fclose(file);
    size_t best = 0;
    for (size_t j = 1; j < width; j++)
        if (x[j] > x[best]) best = j;
    printf("%zu\n", best);
}
