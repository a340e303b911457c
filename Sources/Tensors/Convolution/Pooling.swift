import CKernels

/// The largest number, or the mean, of what of each window is inside the image: [rows, inputs, channels] ->
/// [rows, outputs, channels].
///
/// - lines: 2 · width · channels numbers to work in.
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

/// The gradient at the input of pooling by the largest number, which the first that has it gets.
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

/// The gradient at the input of pooling by the mean.
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
