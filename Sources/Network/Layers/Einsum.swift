import Base
import Tensors

/// The three terms of an equation such as `abc,cd->abd`, with a letter for each axis of input, kernel and
/// output. Dots represent leading or trailing axes that input and output share.
struct EinsumWords {
    enum Dots { case front, end }
    let input, kernel, output: [Character]
    let dots: Dots?

    init(_ equation: String) throws(CellarError) {
        func wrong(_ why: String) -> CellarError {
            CellarError("equation \"\(equation.prefix(60))\" \(why)")
        }
        // Splits at the last character of the arrow: Swift's standard library splits by single characters.
        let marked = equation.split(separator: ">", omittingEmptySubsequences: false)
        guard marked.count == 2, marked[0].last == "-" else {
            throw wrong("must be like abc,cd->abd: input, kernel and output")
        }
        let operands = marked[0].dropLast().split(separator: ",", omittingEmptySubsequences: false)
        guard operands.count == 2 else { throw wrong("must have one input and one kernel: abc,cd->abd") }
        var found: Set<Bool> = []
        func letters(_ word: Substring) throws(CellarError) -> [Character] {
            var rest = word
            if rest.hasPrefix("...") {
                found.insert(true)
                rest = rest.dropFirst(3)
            } else if rest.hasSuffix("...") {
                found.insert(false)
                rest = rest.dropLast(3)
            }
            guard rest.allSatisfy({ $0.isASCII && $0.isLetter }), Set(rest).count == rest.count else {
                throw wrong("must name axes by letters, none twice in a word")
            }
            return Array(rest)
        }
        let dotted = [operands[0], operands[1], marked[1]].map { $0.contains(".") }
        guard dotted[0] == dotted[2], !dotted[1] else {
            throw wrong("must have its dots in the input and the output, and not in the kernel")
        }
        input = try letters(operands[0])
        kernel = try letters(operands[1])
        output = try letters(marked[1])
        guard found.count < 2 else { throw wrong("has its dots at different ends of the words") }
        dots = found.first.map { $0 ? .front : .end }
        // The batch axis is the first letter, unless the dots represent it.
        if dots != .front {
            guard let batch = input.first, output.first == batch, !kernel.contains(batch) else {
                throw wrong("must have the samples' axis first in input and output, and not in the kernel")
            }
        }
        for letter in input where !kernel.contains(letter) && !output.contains(letter) {
            throw wrong("sums over \(letter) of the input alone, which is not supported")
        }
        for letter in kernel where !input.contains(letter) && !output.contains(letter) {
            throw wrong("sums over \(letter) of the kernel alone, which is not supported")
        }
        for letter in output where !input.contains(letter) && !kernel.contains(letter) {
            throw wrong("has \(letter) in the output, but in no operand")
        }
    }
}

/// An equation for samples of a shape, as matrix products: [shared, free, summed] · [shared, summed, made] for
/// each sample, where shared axes are in all three terms, free ones in input and output, made ones in kernel
/// and output.
struct EinsumPlan {
    let kernelShape, output, biasShape: [Int]
    let shared, free, summed, made: Int
    /// Views from the samples' axis order to that of the product, and back.
    let inputView, inputBack, kernelView, kernelBack, outputView, outputBack: StridedView
    /// The index in the bias for each number of a sample's output.
    let biasPlaces: [Int]

    var inputCount: Int { shared * free * summed }
    var kernelCount: Int { shared * summed * made }
    var outputCount: Int { shared * free * made }

    init(_ words: EinsumWords, input: [Int], output sizes: [Int?], biasAxes: String?) throws(CellarError) {
        // Excludes the batch axis, which leading dots also represent.
        let isFront = words.dots == .front
        let named = isFront ? words.input : Array(words.input.dropFirst())
        let hidden = input.count - named.count
        guard words.dots == nil ? hidden == 0 : hidden >= 0 else {
            throw CellarError("the equation is for samples of \(named.count) axes")
        }
        // Axes that dots represent get letters that no equation contains.
        let extra = (0..<max(hidden, 0)).map { Character(Unicode.Scalar(UInt8(ascii: "0") + UInt8($0 % 10))) }
        guard extra.count <= 10 else { throw CellarError("has more than 10 axes behind dots") }
        let outputNamed = isFront ? words.output : Array(words.output.dropFirst())
        let x = isFront ? extra + named : named + extra
        let y = isFront ? extra + outputNamed : outputNamed + extra
        // Keras' output_shape has no sizes for the axes that the dots represent (the batch axis aside).
        guard sizes.count == outputNamed.count || sizes.count == y.count else {
            throw CellarError("output_shape needs \(outputNamed.count) sizes, for \(String(outputNamed))")
        }
        let given =
            sizes.count == y.count
            ? sizes
            : isFront
                ? extra.map { _ in nil } + sizes : sizes + extra.map { _ in nil }
        var known: [Character: Int] = [:]
        for (letter, size) in zip(x, input) { known[letter] = size }
        for (letter, size) in zip(y, given) {
            guard let size = size ?? known[letter] else {
                throw CellarError("the size of \(letter) is nowhere: output_shape must tell it")
            }
            guard known[letter] ?? size == size else {
                throw CellarError(
                    "\(letter) is \(known[letter] ?? 0) in the input, but \(size) in output_shape")
            }
            known[letter] = size
        }
        func size(_ letter: Character) -> Int { known[letter] ?? 1 }
        func product(_ letters: [Character]) -> Int { letters.reduce(1) { $0 * size($1) } }
        output = y.map(size)
        kernelShape = words.kernel.map(size)
        let kernel = words.kernel
        let sharedAxes = x.filter { kernel.contains($0) && y.contains($0) }
        let freeAxes = x.filter { !kernel.contains($0) }
        let summedAxes = x.filter { kernel.contains($0) && !y.contains($0) }
        let madeAxes = kernel.filter { !x.contains($0) }
        (shared, free) = (product(sharedAxes), product(freeAxes))
        (summed, made) = (product(summedAxes), product(madeAxes))

        func views(_ letters: [Character], _ order: [Character]) -> (StridedView, StridedView) {
            let (shape, places) = (letters.map(size), order.compactMap { letters.firstIndex(of: $0) })
            return (
                StridedView(permuting: shape, order: places), StridedView(unpermuting: shape, order: places)
            )
        }
        (inputView, inputBack) = views(x, sharedAxes + freeAxes + summedAxes)
        (kernelView, kernelBack) = views(kernel, sharedAxes + summedAxes + madeAxes)
        (outputView, outputBack) = views(y, sharedAxes + freeAxes + madeAxes)

        guard let biasAxes else {
            (biasShape, biasPlaces) = ([], [])
            return
        }
        let wanted = Array(biasAxes)
        guard wanted.allSatisfy({ outputNamed.contains($0) }),
            let first = y.firstIndex(where: { wanted.contains($0) })
        else {
            throw CellarError("bias_axes \"\(biasAxes)\" must be axes of the output, and not the samples'")
        }
        // The bias starts at the first of its axes; axes that it does not have are of size 1.
        let shape = y[first...].map { wanted.contains($0) ? size($0) : 1 }
        biasShape = shape
        var places = [0]
        for (axis, letter) in y.enumerated() {
            let stride = axis < first ? 0 : shape[(axis - first + 1)...].reduce(1, *)
            let step = axis >= first && wanted.contains(letter) ? stride : 0
            places = places.flatMap { place in (0..<size(letter)).map { place + $0 * step } }
        }
        biasPlaces = places
    }

    /// Calls `body` with the ranges of the input, kernel and output matrices of each product.
    func eachProduct(rows: Int, _ body: (Range<Int>, Range<Int>, Range<Int>) -> Void) {
        func place(_ index: Int, _ size: Int) -> Range<Int> { index * size..<(index + 1) * size }
        // Without shared axes, all samples are one product.
        for row in 0..<rows {
            for s in 0..<shared {
                let index = row * shared + s
                body(place(index, free * summed), place(s, summed * made), place(index, free * made))
            }
        }
    }
}
