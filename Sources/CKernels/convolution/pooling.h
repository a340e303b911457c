// Pooling, written once and compiled for each instruction set. A window's part inside the image is a box; a line of
// windows shares its rows, so these are brought together first, in whole vectors, and then the columns.

INLINE void NAME(pool)(const float *x, const ck_windows *w, size_t channels, const int average, float *line, float *y) {
  size_t length = w->width.input * channels;
  for (size_t d = 0; d < w->depth.output; d++)
    for (size_t h = 0; h < w->height.output; h++) {
      range depth = inside(&w->depth, d), height = inside(&w->height, h);
      for (size_t j = 0; j < length; j += LANES) {
        int lanes = length - j < LANES ? (int)(length - j) : LANES;
        VEC all = average ? ZERO : SPREAD(-INFINITY);
        for (size_t a = depth.start; a < depth.end; a++)
          for (size_t b = height.start; b < height.end; b++) {
            const float *from = x + (a * w->height.input + b) * length + j;
            VEC v = lanes == LANES ? LOAD(from) : LOAD_SOME(from, lanes);
            all = average ? ADD(all, v) : MAX(all, v);
          }
        if (lanes == LANES) STORE(line + j, all);
        else STORE_SOME(line + j, all, lanes);
      }
      size_t rows = (depth.end - depth.start) * (height.end - height.start);
      for (size_t o = 0; o < w->width.output; o++, y += channels) {
        range width = inside(&w->width, o);
        VEC scale = SPREAD(1 / (float)(rows * (width.end - width.start)));
        for (size_t j = 0; j < channels; j += LANES) {
          int lanes = channels - j < LANES ? (int)(channels - j) : LANES;
          VEC all = average ? ZERO : SPREAD(-INFINITY);
          for (size_t a = width.start; a < width.end; a++) {
            VEC v = LOAD_SOME(line + a * channels + j, lanes);
            all = average ? ADD(all, v) : MAX(all, v);
          }
          STORE_SOME(y + j, average ? MUL(all, scale) : all, lanes);
        }
      }
    }
}

// A maximum hands its gradient to the first cell that has it; an average shares it out.
INLINE void NAME(pool_backward)(const float *dy, const float *x, const float *y, const ck_windows *w, size_t channels,
                                const int average, float *dx) {
  size_t length = w->width.input * channels;
  memset(dx, 0, w->depth.input * w->height.input * length * sizeof *dx);
  for (size_t d = 0; d < w->depth.output; d++)
    for (size_t h = 0; h < w->height.output; h++)
      for (size_t o = 0; o < w->width.output; o++, dy += channels, y += channels) {
        range depth = inside(&w->depth, d), height = inside(&w->height, h), width = inside(&w->width, o);
        size_t cells = (depth.end - depth.start) * (height.end - height.start) * (width.end - width.start);
        for (size_t j = 0; j < channels; j += LANES) {
          int lanes = channels - j < LANES ? (int)(channels - j) : LANES;
          VEC left = LOAD_SOME(dy + j, lanes), top = ZERO;
          if (average) left = MUL(left, SPREAD(1 / (float)cells));
          else top = LOAD_SOME(y + j, lanes);
          for (size_t a = depth.start; a < depth.end; a++)
            for (size_t b = height.start; b < height.end; b++)
              for (size_t c = width.start; c < width.end; c++) {
                size_t at = (a * w->height.input + b) * length + c * channels + j;
                VEC part = left;
                if (!average) {
                  part = WHERE_EQUAL(LOAD_SOME(x + at, lanes), top, left);
                  left = SUB(left, part);
                }
                STORE_SOME(dx + at, ADD(LOAD_SOME(dx + at, lanes), part), lanes);
              }
        }
      }
}

static void NAME(pool_max)(const float *x, const ck_windows *w, size_t channels, float *line, float *y) {
  NAME(pool)(x, w, channels, 0, line, y);
}

static void NAME(pool_average)(const float *x, const ck_windows *w, size_t channels, float *line, float *y) {
  NAME(pool)(x, w, channels, 1, line, y);
}

static void NAME(pool_max_backward)(const float *dy, const float *x, const float *y, const ck_windows *w,
                                    size_t channels, float *dx) {
  NAME(pool_backward)(dy, x, y, w, channels, 0, dx);
}

static void NAME(pool_average_backward)(const float *dy, const ck_windows *w, size_t channels, float *dx) {
  NAME(pool_backward)(dy, dy, dy, w, channels, 1, dx);
}
