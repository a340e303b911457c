import Base
import Tensors
import Testing

@testable import Network

/// A convolution by the definition, in Double: one sum for each output.
private struct NaiveConvolution {
    let windows: Windows
    let channels, filters, groups: Int

    /// The padded place that a window's cell looks at, or nil where there is no input.
    private func place(_ axis: WindowAxis, _ output: Int, _ cell: Int) -> Int? {
        let place = output * axis.stride + cell * axis.dilation - axis.before
        return place >= 0 && place < axis.input ? place : nil
    }

    /// Calls `body` with the indices of an input, an output and a kernel's number that are multiplied with each other.
    func each(_ body: (Int, Int, Int) -> Void) {
        let (d, h, w) = (windows.depth, windows.height, windows.width)
        let perGroup = (channels: channels / groups, filters: filters / groups)
        for (o, (od, oh, ow)) in indices(d.output, h.output, w.output).enumerated() {
            for (t, (td, th, tw)) in indices(d.window, h.window, w.window).enumerated() {
                guard let id = place(d, od, td), let ih = place(h, oh, th), let iw = place(w, ow, tw) else {
                    continue
                }
                let input = (id * h.input + ih) * w.input + iw
                for filter in 0..<filters {
                    let group = filter / perGroup.filters
                    for c in 0..<perGroup.channels {
                        body(
                            input * channels + group * perGroup.channels + c, o * filters + filter,
                            (t * perGroup.channels + c) * filters + filter)
                    }
                }
            }
        }
    }

    private func indices(_ a: Int, _ b: Int, _ c: Int) -> [(Int, Int, Int)] {
        (0..<a * b * c).map { ($0 / (b * c), $0 / c % b, $0 % c) }
    }
}

private func floats(_ count: Int, _ random: inout RandomNumbers) -> (Floats, Arena) {
    let arena = Arena(count: count)
    arena.all.copy(from: (0..<count).map { _ in Float(2 * random.uniform() - 1) })
    return (arena.all, arena)
}

private func expectClose(_ found: Floats, _ expected: [Double], _ what: String) {
    let scale = max(1, expected.map { abs($0) }.max() ?? 0)
    let worst = zip(found.array, expected).map { abs(Double($0) - $1) }.max() ?? 0
    #expect(found.count == expected.count && worst < 2e-6 * scale, "\(what) is off by \(worst) of \(scale)")
}

/// Shapes drawn anew for each seed, so that every remainder of the kernels' blocks comes up.
@Test("convolutions equal their definition", arguments: 0..<80)
func convolutionsByDefinition(seed: Int) throws {
    var random = RandomNumbers(seed: seed, stream: 5)
    func draw(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + min(Int(random.uniform() * Double(range.count)), range.count - 1)
    }
    func axis(_ sizes: ClosedRange<Int>) -> WindowAxis {
        var axis = WindowAxis(
            input: draw(sizes), window: draw(1...5), stride: draw(1...3), dilation: draw(1...2), output: 1)
        if seed % 3 == 0 { (axis.dilation, axis.stride) = (1, 1) }
        if axis.span <= axis.input && draw(0...1) == 0 {
            axis.output = (axis.input - axis.span) / axis.stride + 1
        } else {
            axis.setSame(output: (axis.input + axis.stride - 1) / axis.stride)
        }
        return axis
    }
    let windows = Windows(
        depth: seed % 5 == 0 ? axis(1...4) : .none, height: seed % 7 == 0 ? .none : axis(1...13),
        width: axis(1...17))
    let isDepthwise = seed % 4 == 1
    let groups = isDepthwise ? 1 : draw(1...3)
    let (channels, filters) = (groups * draw(1...9), groups * draw(1...20))
    let multiplier = draw(1...3)
    let rows = draw(1...5)
    let convolution = Convolution(
        windows, channels: channels,
        kind: isDepthwise ? .depthwise(multiplier: multiplier) : .full(filters: filters, groups: groups))
    let naive = NaiveConvolution(
        windows: windows, channels: channels, filters: convolution.filters,
        groups: isDepthwise ? channels : groups)
    let (x, x1) = floats(rows * convolution.inputSize, &random)
    let (kernel, k1) = floats(convolution.kernelCount, &random)
    let (dy, d1) = floats(rows * convolution.outputSize, &random)
    let (bias, b1) = floats(convolution.filters, &random)
    let (y, y1) = floats(rows * convolution.outputSize, &random)
    let (dx, dx1) = floats(x.count, &random)
    let (dKernel, dk1) = floats(kernel.count, &random)
    let (scratch, s1) = floats(convolution.scratch(rows: rows, for: .all), &random)

    var (wantedY, wantedX, wantedKernel) = (
        [Double](), [Double](), [Double](repeating: 0, count: kernel.count)
    )
    for row in 0..<rows {
        var (outputs, inputs) = (
            (0..<convolution.outputSize).map { Double(bias[$0 % convolution.filters]) },
            [Double](repeating: 0, count: convolution.inputSize)
        )
        naive.each { input, output, weight in
            let (a, b) = (row * convolution.inputSize + input, row * convolution.outputSize + output)
            outputs[output] += Double(x[a]) * Double(kernel[weight])
            inputs[input] += Double(dy[b]) * Double(kernel[weight])
            wantedKernel[weight] += Double(x[a]) * Double(dy[b])
        }
        wantedY += outputs.map { max($0, 0) }
        wantedX += inputs
    }
    let what = "\(convolution), \(rows) rows"
    convolution.forward(
        x, kernel: kernel, into: y, epilogue: Epilogue(bias: bias, relu: true), scratch: scratch)
    expectClose(y, wantedY, "the output of \(what)")
    convolution.inputGradient(dy, kernel: kernel, into: dx, scratch: scratch)
    expectClose(dx, wantedX, "the input's gradient of \(what)")
    convolution.kernelGradient(x, dy, into: dKernel, scratch: scratch)
    expectClose(dKernel, wantedKernel, "the kernel's gradient of \(what)")

    // The same with the channels in front.
    var first = convolution
    first.channelsFirst = true
    let (xFirst, x2) = floats(x.count, &random)
    let (yFirst, y2) = floats(y.count, &random)
    let (dyFirst, d2) = floats(y.count, &random)
    let (dxFirst, dx2) = floats(x.count, &random)
    let (room, s2) = floats(first.scratch(rows: rows, for: .all), &random)
    let (input, output) = (convolution.inputSize, convolution.outputSize)
    for row in 0..<rows {
        transpose(
            x[row * input..<(row + 1) * input], rows: windows.inputs, columns: channels,
            into: xFirst[row * input..<(row + 1) * input])
        transpose(
            dy[row * output..<(row + 1) * output], rows: windows.outputs, columns: convolution.filters,
            into: dyFirst[row * output..<(row + 1) * output])
    }
    func last(_ values: Floats, _ size: Int, _ channels: Int) -> [Double] {
        (0..<values.count).map {
            let (row, place, channel) = ($0 / size, $0 % size / channels, $0 % channels)
            return Double(values[row * size + channel * (size / channels) + place])
        }
    }
    first.forward(
        xFirst, kernel: kernel, into: yFirst, epilogue: Epilogue(bias: bias, relu: true), scratch: room)
    expectClose(y, last(yFirst, output, convolution.filters), "channels first, the output of \(what)")
    first.inputGradient(dyFirst, kernel: kernel, into: dxFirst, scratch: room)
    expectClose(dx, last(dxFirst, input, channels), "channels first, the input's gradient of \(what)")
    first.kernelGradient(xFirst, dyFirst, into: dKernel, scratch: room)
    expectClose(dKernel, wantedKernel, "channels first, the kernel's gradient of \(what)")
    withExtendedLifetime((x1, k1, d1, b1, y1, dx1, dk1, s1)) {}
    withExtendedLifetime((x2, y2, d2, dx2, s2)) {}
}

private struct BadOptions: CustomStringConvertible, Sendable {
    let className: String
    let options: JSONObject
    let shape: [Int]
    let message: String
    var description: String { "\(className) \(JSON.object(options).text()) on \(shape)" }

    init(_ className: String, _ options: JSONObject, _ shape: [Int], _ message: String) {
        (self.className, self.options, self.shape, self.message) = (className, options, shape, message)
    }

    static let all = [
        BadOptions("Conv2D", ["filters": 2, "kernel_size": 5], [4, 8, 1], "windows of 5"),
        BadOptions(
            "Conv2D", ["filters": 2, "kernel_size": 3, "dilation_rate": 4], [8, 8, 1], "windows of 9"),
        BadOptions("Conv2D", ["filters": 2, "kernel_size": 3], [8, 8], "[height, width, channels]"),
        BadOptions("Conv2D", ["filters": 0, "kernel_size": 3], [8, 8, 1], "filters"),
        BadOptions("Conv2D", ["filters": 2, "kernel_size": [3, 3, 3]], [8, 8, 1], "a list of 2"),
        BadOptions("Conv2D", ["filters": 2, "kernel_size": 3, "strides": 0], [8, 8, 1], "strides"),
        BadOptions(
            "Conv2D", ["filters": 3, "kernel_size": 3, "groups": 2], [8, 8, 2], "multiple of groups"),
        BadOptions("Conv2D", ["filters": 4, "kernel_size": 3, "groups": 2], [8, 8, 3], "do not divide"),
        BadOptions("Conv2D", ["filters": 4, "kernel_size": 3, "padding": "causal"], [8, 8, 3], "padding"),
        BadOptions(
            "Conv2D", ["filters": 4, "kernel_size": 3, "data_format": "nchw"], [8, 8, 3], "data_format"),
        BadOptions(
            "Conv2D", ["filters": 2_000_000_000, "kernel_size": 2_000_000_000, "padding": "same"], [8, 8, 1],
            "too many"),
        BadOptions(
            "Conv1D", ["filters": 2, "kernel_size": 2, "padding": "causal", "dilation_rate": 2_000_000_000],
            [8, 1],
            "too many"),
        BadOptions("Conv2D", ["filters": 3, "kernel_size": 1, "activation": "glu"], [2, 2, 1], "glu"),
        BadOptions(
            "Conv2DTranspose", ["filters": 1, "kernel_size": 3, "output_padding": 1], [3, 3, 1], "less than"),
        BadOptions(
            "Conv2DTranspose",
            ["filters": 1, "kernel_size": 4, "strides": 2, "output_padding": 0, "padding": "same"],
            [3, 3, 1],
            "output_padding"),
        BadOptions(
            "Conv2DTranspose", ["filters": 1, "kernel_size": 3, "strides": 2_000_000_000], [3, 3, 1],
            "too many"),
        BadOptions(
            "DepthwiseConv2D", ["kernel_size": 3, "depth_multiplier": 2_000_000_000], [3, 3, 9], "too many"),
        BadOptions("SeparableConv2D", ["filters": 1, "kernel_size": 3, "groups": 2], [3, 3, 4], "groups"),
        BadOptions("MaxPooling2D", ["pool_size": 4], [3, 8, 1], "windows of 4"),
        BadOptions("MaxPooling1D", ["pool_size": -1], [3, 8], "pool_size"),
        BadOptions("GlobalMaxPooling2D", [:], [3, 8], "[height, width, channels]"),
        BadOptions("ZeroPadding2D", ["padding": [-1, 2]], [3, 8, 1], "negative"),
        BadOptions("ZeroPadding2D", ["padding": [1, 2, 3]], [3, 8, 1], "a list of 2"),
        BadOptions("ZeroPadding1D", ["padding": 2_000_000_000], [3, 8], "too many"),
        BadOptions("Cropping2D", ["cropping": [[1, 2], [0, 0]]], [3, 8, 1], "only 3"),
        BadOptions("UpSampling2D", ["interpolation": "bicubic"], [3, 8, 1], "bicubic"),
        BadOptions("UpSampling2D", ["size": 2_000_000_000], [3, 8, 1], "too many"),
        BadOptions("Resizing", ["height": 0, "width": 3], [3, 8, 1], "height"),
        BadOptions("Resizing", ["height": 3, "width": 3, "antialias": true], [3, 8, 1], "antialias"),
        BadOptions("CenterCrop", ["height": 3, "width": 3], [3, 8], "[height, width, channels]"),
    ]
}

@Test("impossible options are errors that say what is wrong", arguments: BadOptions.all)
private func impossible(_ bad: BadOptions) throws {
    do {
        let layer = try LayerTable.make(className: bad.className, config: bad.options)
        let model = try Model(chain: [InputLayer(name: "in", shape: bad.shape), layer])
        Issue.record("\(bad) is taken, and gives \(model.outputShapes)")
    } catch {
        #expect(error.description.contains(bad.message), "\(error)")
        #expect(error.description.contains(bad.className))
    }
}

@Test("the mean over time leaves masked steps out")
func maskedMean() throws {
    // The whole way, from a layer that makes a mask, is tested with that layer.
    let layer = try LayerTable.make(className: "GlobalAveragePooling1D", config: [:])
    let arena = Arena(count: 256)
    var layout = ArenaLayout()
    func place(_ values: [Float]) -> Floats {
        let window = arena.slice(layout.reserve(values.count))
        window.copy(from: values)
        return window
    }
    let pool = try #require(ThreadPool(count: 1))
    let worker = WorkerState(index: 0, pool: pool)
    worker.rows = 1
    let memory = CallMemory(
        layer: layer, index: 0, inputShapes: [[3, 2]], outputShape: [2],
        windows: CallWindows(
            inputs: [place([1, 2, 3, 4, 50, 60])], output: place([0, 0]), weights: [],
            scratch: place([0, 0, 0, 0, 0, 0]),
            inputGradients: [place([9, 9, 9, 9, 9, 9])], outputGradient: place([1, 2]), weightGradients: [],
            inputMasks: [MaskWindow(window: place([1, 1, 0]), shape: [3])]),
        worker: worker, capacity: 1)
    let call = layer.makeCall(memory)
    call.forward()
    #expect(memory.y.array == [2, 3])
    call.backward()
    #expect(memory.dx()?.array == [0.5, 1, 0.5, 1, 0, 0])
    withExtendedLifetime(arena) {}
}

@Test(
    "a thread without samples adds nothing",
    arguments: ["channels_last", "channels_first"])
func moreThreadsThanSamples(format: String) throws {
    let shared: JSONObject = ["kernel_size": 2, "data_format": .string(format), "activation": "tanh"]
    func options(_ filters: Int?) -> JSONObject {
        var all = shared
        all["filters"] = filters.map { .integer($0) }
        return all
    }
    var layers: [any Layer] = [
        InputLayer(name: "in", shape: [4, 4, 4]),
        try LayerTable.make(className: "Conv2D", config: options(2)),
        try LayerTable.make(className: "DepthwiseConv2D", config: options(nil)),
        try LayerTable.make(className: "Conv2DTranspose", config: options(2)),
        try LayerTable.make(className: "SeparableConv2D", config: options(3)),
        try LayerTable.make(className: "MaxPooling2D", config: ["pool_size": 1]), Flatten(), Dense(units: 2),
    ]
    for index in layers.indices { layers[index].name = "layer\(index)" }
    var model = try Model(chain: layers)
    try model.initialize(seed: 3)
    var random = RandomNumbers(seed: 3)
    let samples = Samples(shape: [4, 4, 4], floats: (0..<2 * 64).map { _ in Float(random.uniform()) })
    let targets = Targets.values([0.5, 1, -1, 2], width: 2)
    func gradients(threads: Int) throws -> [Tensor] {
        let executor = try TrainingExecutor(
            model, loss: Loss(.meanSquaredError), optimizer: SGD(), batchSize: 2, threads: threads)
        // What the second thread leaves here must be gone in the next batch.
        _ = executor.gradients([samples], targets, rows: [0, 1])
        return executor.gradients([samples], targets, rows: [1]).tensors
    }
    for (one, two) in zip(try gradients(threads: 1), try gradients(threads: 2)) {
        let worst = zip(one.values, two.values).map { abs($0 - $1) }.max() ?? 0
        #expect(worst < 1e-6 && one.values.contains { $0 != 0 })
    }
}
