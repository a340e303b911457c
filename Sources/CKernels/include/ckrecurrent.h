#pragma once
// Loops of recurrent and attention layers. The gates are side by side in each row, in Keras' order.
#include <stddef.h>

void ck_sigmoid(const float *x, float *y, size_t n);
void ck_tanh(const float *x, float *y, size_t n);
// exp(x - max) / sum for each row; y may be x.
void ck_softmax(const float *x, float *y, size_t rows, size_t width);
// dx = y * (dy - sum(dy * y)) for each row; dx may be dy.
void ck_softmax_backward(const float *dy, const float *y, float *dx, size_t rows, size_t width);

// The gate activation: the logistic function, or clip(slope * x + 0.5, 0, 1).
typedef struct {
  int hard;
  float slope;
} ck_gate;

// gates[rows, 4 units] = i, f, c, o before their activations, replaced by their activations.
// c = f * c_before + i * g; h = o * tanh(c), and tanh(c) is stored.
void ck_lstm(float *gates, const float *c_before, float *c, float *tanh_c, float *h, size_t rows, size_t units,
             ck_gate gate);
// Replaces the gates by the gradient before the activations. dc is the gradient at c; dc_before becomes that
// at c_before.
void ck_lstm_backward(float *gates, const float *c_before, const float *tanh_c, const float *dh, const float *dc,
                      float *dc_before, size_t rows, size_t units, ck_gate gate);

// x[rows, 3 units] = z, r, h from the input, r[rows, 3 units] from the state, both with bias; x becomes the
// gates and the candidate. h = z * h_before + (1 - z) * tanh(x_h + r * r_h).
void ck_gru(float *x, const float *r, const float *h_before, float *h, size_t rows, size_t units, ck_gate gate);
// x and r become their gradients, and dh_before the part that flows directly to the previous state.
void ck_gru_backward(float *x, float *r, const float *h_before, const float *dh, float *dh_before, size_t rows,
                     size_t units, ck_gate gate);

// The original GRU, with the reset before the product: first z, r and reset_h = r * h_before ...
void ck_gru_gates(float *x, const float *h_before, float *reset_h, size_t rows, size_t units, ck_gate gate);
// ... then, with the product of reset_h added to x, the candidate and h.
void ck_gru_candidate(float *x, const float *h_before, float *h, size_t rows, size_t units);
// The backward pass: first the gradients at z and at the candidate, and dh_before = dh * z ...
void ck_gru_candidate_backward(float *x, const float *h_before, const float *dh, float *dh_before, size_t rows,
                               size_t units, ck_gate gate);
// ... then, with the gradient at reset_h, that at r; dh_before += d_reset * r.
void ck_gru_gates_backward(float *x, const float *h_before, const float *d_reset, float *dh_before, size_t rows,
                           size_t units, ck_gate gate);

// scores[queries, keys] = sum over j of scale[j] * tanh(inner * (q[., j] + k[., j])); a null scale means
// ones.
void ck_tanh_scores(const float *q, const float *k, const float *scale, float inner, float *scores, size_t queries,
                    size_t keys, size_t width);
// Adds to dq, dk and, if not null, to dscale[width] and d_inner[1].
void ck_tanh_scores_backward(const float *dscores, const float *q, const float *k, const float *scale, float inner,
                             float *dq, float *dk, float *dscale, float *d_inner, size_t queries, size_t keys,
                             size_t width);
