import Base
import Tensors

/// What training runs on.
public struct MachineInfo: Sendable {
    public let processor = Processor.name
    public let processors = Processor.count
    public let vectorExtensions = Processor.vectorExtensions
    /// The kernels of matrix products.
    public let blas = matrixKernels
    /// The default number of threads for networks of Dense layers; others use one.
    public let threads = min(Processor.count, 4)

    public init() {}

    public var json: JSON {
        [
            "processor": .string(processor), "processors": .integer(processors),
            "vector_extensions": .string(vectorExtensions), "blas": .string(blas),
            "threads": .integer(threads), "gpu": nil,
        ]
    }
}
