import Tensors

/// Decides for each batch whether to skip its zeros. Dense data should not pay for the search, so the batches
/// after a dense batch are assumed to be dense too.
final class ZeroSearch {
    private let places: NonzeroPlaces
    private let forTransposed: Bool
    /// The number of batches until density is measured again.
    private var pause = 0

    /// Creates a search for batches of up to `rows` times `columns` numbers.
    ///
    /// - forTransposed: True if gradients are needed.
    init(rows: Int, columns: Int, forTransposed: Bool) {
        places = NonzeroPlaces(capacity: rows, columns: columns, forTransposed: forTransposed)
        self.forTransposed = forTransposed
    }

    /// Returns the positions of nonzero values in x [rows, columns], if skipping zeros pays.
    func look(in x: Floats, training: Bool) -> NonzeroPlaces? {
        look(training: training) { places.find(in: x) }
    }

    /// Returns the same for bytes that are converted to floats without an offset.
    func look(in bytes: [UInt8], rows: ArraySlice<Int>, training: Bool) -> NonzeroPlaces? {
        look(training: training) { places.find(in: bytes, rows: rows) }
    }

    /// Copies the pause of another search of the same batches.
    func follow(_ other: ZeroSearch) { pause = other.pause }

    private func look(training: Bool, _ find: () -> Double) -> NonzeroPlaces? {
        guard pause == 0 else {
            pause -= 1
            return nil
        }
        guard find() < ZeroSearch.sparseShare else {
            pause = 31
            return nil
        }
        if training && forTransposed { places.findColumns() }
        return places
    }

    /// The share of nonzero numbers below which skipping zeros pays. A nonzero number costs 1.3 to 1.4 times
    /// as much when zeros are skipped, on each instruction set, and the search has a cost too: both ways take
    /// the same time near 60 % (measured: docs/performance.md).
    private static let sparseShare = 0.6
}
