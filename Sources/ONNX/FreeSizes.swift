import Base
import Network

/// Which sizes depend on the data, for every call: those that change when the inputs' free sizes do.
struct FreeSizes {
    /// Axes of each call's shape, without the batch.
    private(set) var axes: [Set<Int>]

    init(of model: Model) throws(CellarError) {
        axes = model.shapes.map { _ in [] }
        guard model.hasFreeSizes else { return }
        var trouble: CellarError?
        // Other sizes than the one for the time being; some networks take only multiples of something.
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
        throw trouble ?? CellarError("has sizes that are free, but fit nothing")
    }

    private func inputShapes(of model: Model, withFree size: Int) -> [[Int]] {
        model.inputs.map { input in
            let shape = model.sampleShape(input)
            return shape.sizes.indices.map { shape.free.contains($0) ? size : shape.sizes[$0] }
        }
    }
}
