// LeNet on one thread, in the way frugally-deep computes (its README; it is not on PyPI, so this is written after it): one image at a
// time, a convolution as a matrix of windows times Eigen's product, compiled for this processor.
// usage: im2col_lenet IMAGES REPEATS; prints the seconds of each run over so many random images.
#include <Eigen/Dense>
#include <chrono>
#include <cstdio>
#include <cstdlib>

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor>;
using Vector = Eigen::VectorXf;

// A picture is [channels, places], so that a place's channels lie together.
struct Convolution {
    int channels, side, padding;
    Matrix kernel;  // [filters, 5 · 5 · channels]
    Vector bias;
    Matrix windows;  // [5 · 5 · channels, places of the answer]

    Convolution(int filters, int channels, int side, int padding)
        : channels(channels), side(side), padding(padding), kernel(Matrix::Random(filters, 25 * channels) * 0.2f),
          bias(Vector::Random(filters)), windows(25 * channels, answer() * answer()) {}

    int answer() const { return side + 2 * padding - 4; }

    void relu(const Matrix &x, Matrix &y) {
        const int out = answer();
        for (int row = 0; row < out; row++)
            for (int column = 0; column < out; column++) {
                float *to = windows.col(row * out + column).data();
                for (int i = row - padding; i < row - padding + 5; i++)
                    for (int j = column - padding; j < column - padding + 5; j++, to += channels) {
                        const bool inside = i >= 0 && i < side && j >= 0 && j < side;
                        for (int c = 0; c < channels; c++) to[c] = inside ? x(c, i * side + j) : 0;
                    }
            }
        y.noalias() = kernel * windows;
        y = (y.colwise() + bias).cwiseMax(0.0f);
    }
};

static void pool(const Matrix &x, int side, Matrix &y) {
    for (int row = 0; row < side / 2; row++)
        for (int column = 0; column < side / 2; column++) {
            const int first = 2 * row * side + 2 * column;
            y.col(row * (side / 2) + column) =
                x.col(first).cwiseMax(x.col(first + 1)).cwiseMax(x.col(first + side)).cwiseMax(x.col(first + side + 1));
        }
}

int main(int count, char **arguments) {
    if (count != 3) return 64;
    const int images = std::atoi(arguments[1]), repeats = std::atoi(arguments[2]);
    Convolution first(6, 1, 28, 2), second(16, 6, 14, 0);
    const Matrix k1 = Matrix::Random(120, 400) * 0.1f, k2 = Matrix::Random(84, 120) * 0.1f, k3 = Matrix::Random(10, 84) * 0.1f;
    const Vector b1 = Vector::Random(120), b2 = Vector::Random(84), b3 = Vector::Random(10);
    Matrix c1(6, 784), p1(6, 196), c2(16, 100), p2(16, 25);
    Vector h1(120), h2(84), y(10);
    const int kept = 256;
    const Matrix pictures = Matrix::Random(784, kept);
    float sum = 0;
    for (int run = 0; run <= repeats; run++) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < images; i++) {
            const Matrix x = Eigen::Map<const Matrix>(pictures.col(i % kept).data(), 1, 784);
            first.relu(x, c1);
            pool(c1, 28, p1);
            second.relu(p1, c2);
            pool(c2, 10, p2);
            h1.noalias() = k1 * Eigen::Map<Vector>(p2.data(), 400);
            h1 = (h1 + b1).cwiseMax(0.0f);
            h2.noalias() = k2 * h1;
            h2 = (h2 + b2).cwiseMax(0.0f);
            y.noalias() = k3 * h2;
            y += b3;
            y = (y.array() - y.maxCoeff()).exp();
            y /= y.sum();
            sum += y[0];
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        if (run > 0) std::printf("%.9f\n", took.count());  // the first warms up
    }
    return sum > 0 ? 0 : 1;  // or nothing would have to be computed
}
