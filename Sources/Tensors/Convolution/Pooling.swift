import CKernels

/// Computes the maximum or the mean of the part of each window inside the image: [rows, inputs, channels] ->
/// [rows, outputs, channels].
///
/// - Parameter lines: 2 · width · channels numbers of work space.
public func pool(
    _ x: Floats, _ windows: Windows, channels: Int, average: Bool, lines: Floats, into y: Floats
) {
    let (input, output) = (windows.inputs * channels, windows.outputs * channels)
    precondition(x.count % input == 0 && y.count == x.count / input * output)
    precondition(lines.count >= 2 * windows.width.input * channels)
    unsafe withUnsafePointer(to: windows.c) { windows in
        for row in 0..<x.count / input {
            unsafe ck_pool(
                x.base + row * input, windows, channels, average ? 1 : 0, lines.base, y.base + row * output)
        }
    }
}

/// Computes the input's gradient of max pooling. It goes to the first element with the maximum.
public func poolMaxBackward(
    _ dy: Floats, x: Floats, y: Floats, _ windows: Windows, channels: Int, into dx: Floats
) {
    let (input, output) = (windows.inputs * channels, windows.outputs * channels)
    precondition(x.count % input == 0 && dx.count == x.count)
    precondition(dy.count == x.count / input * output && y.count == dy.count)
    unsafe withUnsafePointer(to: windows.c) { windows in
        for row in 0..<x.count / input {
            unsafe ck_pool_max_backward(
                dy.base + row * output, x.base + row * input, y.base + row * output, windows, channels,
                dx.base + row * input)
        }
    }
}

/// Computes the input's gradient of average pooling.
public func poolAverageBackward(_ dy: Floats, _ windows: Windows, channels: Int, into dx: Floats) {
    let (input, output) = (windows.inputs * channels, windows.outputs * channels)
    precondition(dx.count % input == 0 && dy.count == dx.count / input * output)
    unsafe withUnsafePointer(to: windows.c) { windows in
        for row in 0..<dx.count / input {
            unsafe ck_pool_average_backward(
                dy.base + row * output, windows, channels, dx.base + row * input)
        }
    }
}
