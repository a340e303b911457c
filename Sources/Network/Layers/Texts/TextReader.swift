import Base
import Tensors

/// A layer that turns texts into numbers. A network computes with numbers only: `TextFront` calls these layers
/// before it.
public protocol TextReader: Sendable {
    /// Returns the numbers of all rows. `inputs` has the texts of each input, `size` of them in a row.
    func numbers(of inputs: [Texts], size: Int) throws(CellarError) -> [Float]
    /// Returns the words of a text, as the reader splits it.
    func tokens(of text: ArraySlice<UInt8>) -> [[UInt8]]
}

extension TextReader {
    public func tokens(of text: ArraySlice<UInt8>) -> [[UInt8]] { [Array(text)] }
}
