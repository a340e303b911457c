// Pooling, written once and compiled for each instruction set. A window's part inside the image is a box; a line of
// windows shares its rows, so these are brought together first, in whole vectors, and then the columns.

INLINE VEC NAME(pooled)(const int average, VEC a, VEC b) { return average ? ADD(a, b) : MAX(a, b); }

// y[j] = pooled x[j + a · step] over all a below count, for j below n.
INLINE void NAME(pool_lines)(const float *x, size_t count, size_t step, size_t n, const int average, float *y) {
  for (size_t j = 0; j < n; j += LANES) {
    int lanes = n - j < LANES ? (int)(n - j) : LANES;
    VEC all = lanes == LANES ? LOAD(x + j) : LOAD_SOME(x + j, lanes);
    for (size_t a = 1; a < count; a++) {
      const float *from = x + a * step + j;
      all = NAME(pooled)(average, all, lanes == LANES ? LOAD(from) : LOAD_SOME(from, lanes));
    }
    if (lanes == LANES) STORE(y + j, all);
    else STORE_SOME(y + j, all, lanes);
  }
}

// The columns of one window, of a line whose rows were brought together.
INLINE void NAME(pool_columns)(const float *line, size_t count, size_t channels, const int average, float scale,
                               float *y) {
  for (size_t j = 0; j < channels; j += LANES) {
    int lanes = channels - j < LANES ? (int)(channels - j) : LANES;
    VEC all = LOAD_SOME(line + j, lanes);
    for (size_t a = 1; a < count; a++) all = NAME(pooled)(average, all, LOAD_SOME(line + a * channels + j, lanes));
    STORE_SOME(y + j, average ? MUL(all, SPREAD(scale)) : all, lanes);
  }
}

INLINE void NAME(pool)(const float *x, const ck_windows *w, size_t channels, const int average, float *lines, float *y) {
  size_t length = w->width.input * channels, window = w->width.window;
  // Few channels do not fill vectors: then all windows of a line are pooled, those between two strides too.
  int together = channels < LANES && window > 1 && w->width.stride <= 3 && window <= w->width.input;
  float *line = lines, *pooled = lines + length;
  for (size_t d = 0; d < w->depth.output; d++)
    for (size_t h = 0; h < w->height.output; h++) {
      range depth = inside(&w->depth, d), height = inside(&w->height, h);
      size_t rows = (depth.end - depth.start) * (height.end - height.start);
      for (size_t a = depth.start; a < depth.end; a++) {
        const float *from = x + (a * w->height.input + height.start) * length;
        float *to = a == depth.start ? line : pooled;
        NAME(pool_lines)(from, height.end - height.start, length, length, average, to);
        if (a > depth.start) NAME(pool_lines)(line, 2, (size_t)(pooled - line), length, average, line);
      }
      if (together) NAME(pool_lines)(line, window, channels, length - (window - 1) * channels, average, pooled);
      for (size_t o = 0; o < w->width.output; o++, y += channels) {
        range width = inside(&w->width, o);
        size_t columns = width.end - width.start;
        float scale = average ? 1 / (float)(rows * columns) : 1;
        if (together && columns == window)
          NAME(pool_columns)(pooled + width.start * channels, 1, channels, average, scale, y);
        else
          NAME(pool_columns)(line + width.start * channels, columns, channels, average, scale, y);
      }
    }
}

// A maximum hands its gradient to the first cell that has it; an average shares it out.
INLINE void NAME(pool_backward)(const float *dy, const float *x, const float *y, const ck_windows *w, size_t channels,
                                const int average, float *dx) {
  size_t length = w->width.input * channels;
  memset(dx, 0, w->depth.input * w->height.input * length * sizeof *dx);
  // Where windows do not overlap, nothing is added up; reading what was just written in part is slow.
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
            for (size_t b = height.start; b < height.end; b++)
              for (size_t c = width.start; c < width.end; c++) {
                size_t at = (a * w->height.input + b) * length + c * channels + j;
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
