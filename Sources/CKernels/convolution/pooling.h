// Pooling, compiled for each instruction set. The part of a window inside the image is a box. The windows of
// an output line share their input rows, so the rows are reduced first, in whole vectors, and then the
// columns.

INLINE VEC NAME(pooled)(const int average, VEC a, VEC b) { return average ? ADD(a, b) : MAX(a, b); }

// y[j] = the reduction of all rows of a window and of `columns` neighbours, for each position of a line with
// constant `columns`.
INLINE void NAME(pool_row)(const float *x, const ck_windows *w, range depth, range height, size_t columns,
                           size_t channels, const int average, float *y) {
  size_t length = w->width.input * channels, n = length - (columns - 1) * channels;
  // A special case for the most common window size.
  int two_by_two = columns == 2 && height.end - height.start == 2 && depth.end - depth.start == 1;
  for (size_t j = 0; j < n; j += LANES) {
    int lanes = n - j < LANES ? (int)(n - j) : LANES;
    VEC all;
    if (two_by_two && lanes == LANES) {
      const float *upper = x + (depth.start * w->height.input + height.start) * length + j, *lower = upper + length;
      all = NAME(pooled)(average, NAME(pooled)(average, LOAD(upper), LOAD(upper + channels)),
                         NAME(pooled)(average, LOAD(lower), LOAD(lower + channels)));
    } else {
      all = average ? ZERO : SPREAD(-INFINITY);
      for (size_t a = depth.start; a < depth.end; a++)
        for (size_t b = height.start; b < height.end; b++) {
          const float *from = x + (a * w->height.input + b) * length + j;
          for (size_t c = 0; c < columns; c++, from += channels)
            all = NAME(pooled)(average, all, lanes == LANES ? LOAD(from) : LOAD_SOME(from, lanes));
        }
    }
    if (lanes == LANES) STORE(y + j, all);
    else STORE_SOME(y + j, all, lanes);
  }
}

// Pools the windows of a line from a row that contains, for each position, the whole window, or only its rows
// if `columns` is 1.
INLINE void NAME(pool_windows)(const float *row, const ck_windows *w, size_t rows, size_t columns, size_t channels,
                               const int average, float *y) {
  if (columns == w->width.window && channels <= LANES) {
    size_t step = w->width.stride * channels;
    int lanes = (int)channels;
    VEC scale = SPREAD(1 / (float)(rows * columns));
    for (size_t o = 0; o < w->width.output; o++, y += channels, row += step) {
      VEC all = LOAD_SOME(row, lanes);
      STORE_SOME(y, average ? MUL(all, scale) : all, lanes);
    }
    return;
  }
  for (size_t o = 0; o < w->width.output; o++, y += channels) {
    range width = inside(&w->width, o);
    VEC scale = SPREAD(average ? 1 / (float)(rows * (width.end - width.start)) : 1);
    for (size_t j = 0; j < channels; j += LANES) {
      int lanes = channels - j < LANES ? (int)(channels - j) : LANES;
      VEC all = LOAD_SOME(row + width.start * channels + j, lanes);
      for (size_t c = width.start + columns; c < width.end; c += columns)
        all = NAME(pooled)(average, all, LOAD_SOME(row + c * channels + j, lanes));
      STORE_SOME(y + j, average ? MUL(all, scale) : all, lanes);
    }
  }
}

INLINE void NAME(pool)(const float *x, const ck_windows *w, size_t channels, const int average, float *lines, float *y) {
  size_t length = w->width.input * channels, line = w->width.output * channels;
  // A few channels do not fill a vector. If all windows are complete, all windows of a line are pooled,
  // including those between two strides.
  size_t columns = channels < LANES && w->width.before == 0 && w->width.stride <= 3 &&
                           (w->width.output - 1) * w->width.stride + w->width.window <= w->width.input
                       ? w->width.window
                       : 1;
  // Finishes a line after the next one has begun, because loading just-stored data in other pieces stalls.
  size_t waiting = 0, count = 0;
  for (size_t d = 0; d < w->depth.output; d++)
    for (size_t h = 0; h < w->height.output; h++, count++) {
      range depth = inside(&w->depth, d), height = inside(&w->height, h);
      NAME(pool_row)(x, w, depth, height, columns, channels, average, lines + count % 2 * length);
      if (count > 0)
        NAME(pool_windows)(lines + (count - 1) % 2 * length, w, waiting, columns, channels, average,
                           y + (count - 1) * line);
      waiting = (depth.end - depth.start) * (height.end - height.start);
    }
  NAME(pool_windows)(lines + (count - 1) % 2 * length, w, waiting, columns, channels, average, y + (count - 1) * line);
}

// The gradient of a maximum goes to the first cell with that value; that of an average is distributed.
INLINE void NAME(pool_backward)(const float *dy, const float *x, const float *y, const ck_windows *w, size_t channels,
                                const int average, float *dx) {
  size_t length = w->width.input * channels;
  memset(dx, 0, w->depth.input * w->height.input * length * sizeof *dx);
  // Non-overlapping windows need no accumulation, which would load just-stored data.
  int apart = w->depth.stride >= w->depth.window && w->height.stride >= w->height.window &&
              w->width.stride >= w->width.window;
  for (size_t d = 0; d < w->depth.output; d++)
    for (size_t h = 0; h < w->height.output; h++) {
      range depth = inside(&w->depth, d), height = inside(&w->height, h);
      size_t rows = (depth.end - depth.start) * (height.end - height.start);
      for (size_t o = 0; o < w->width.output; o++, dy += channels, y += channels) {
        range width = inside(&w->width, o);
        VEC scale = SPREAD(average ? 1 / (float)(rows * (width.end - width.start)) : 1);
        for (size_t j = 0; j < channels; j += LANES) {
          int lanes = channels - j < LANES ? (int)(channels - j) : LANES;
          VEC left = LOAD_SOME(dy + j, lanes), top = ZERO;
          if (average) left = MUL(left, scale);
          else top = LOAD_SOME(y + j, lanes);
          for (size_t a = depth.start; a < depth.end; a++)
            for (size_t b = height.start; b < height.end; b++) {
              size_t at = ((a * w->height.input + b) * w->width.input + width.start) * channels + j;
              for (size_t c = width.start; c < width.end; c++, at += channels) {
                VEC part = left;
                if (!average) {
                  part = WHERE_EQUAL(LOAD_SOME(x + at, lanes), top, left);
                  left = SUB(left, part);
                }
                if (!apart) part = ADD(LOAD_SOME(dx + at, lanes), part);
                STORE_SOME(dx + at, part, lanes);
              }
            }
        }
      }
    }
}

static void NAME(pool_max)(const float *x, const ck_windows *w, size_t channels, float *lines, float *y) {
  NAME(pool)(x, w, channels, 0, lines, y);
}

static void NAME(pool_average)(const float *x, const ck_windows *w, size_t channels, float *lines, float *y) {
  NAME(pool)(x, w, channels, 1, lines, y);
}

static void NAME(pool_max_backward)(const float *dy, const float *x, const float *y, const ck_windows *w,
                                    size_t channels, float *dx) {
  NAME(pool_backward)(dy, x, y, w, channels, 0, dx);
}

static void NAME(pool_average_backward)(const float *dy, const ck_windows *w, size_t channels, float *dx) {
  NAME(pool_backward)(dy, dy, dy, w, channels, 1, dx);
}
