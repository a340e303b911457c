import Base
import Network

/// The dynamic axes of each call: those whose size changes with the free sizes of the inputs.
struct FreeSizes {
    /// By call: axes of its output shape, without the batch.
    private(set) var axes: [Set<Int>]

    init(of model: Model) throws(CellarError) {
        axes = model.shapes.map { _ in [] }
        guard model.hasFreeSizes else { return }
        var trouble: CellarError?
        // Sizes other than the placeholder; some networks accept only multiples of a number.
        for size in [128, 96, 192, 65] {
            do {
                let other = try model.bound(to: inputShapes(of: model, withFree: size))
                for call in model.calls.indices {
                    axes[call] = Set(
                        model.shapes[call].indices.filter { model.shapes[call][$0] != other.shapes[call][$0] }
                    )
                }
                return
            } catch {
                trouble = error
            }
        }
        throw trouble ?? CellarError("has free sizes for which no value was found")
    }

    private func inputShapes(of model: Model, withFree size: Int) -> [[Int]] {
        model.inputs.map { input in
            let shape = model.sampleShape(input)
            return shape.sizes.indices.map { shape.free.contains($0) ? size : shape.sizes[$0] }
        }
    }
}
