import Tensors

/// Decides for each batch whether its zeros are skipped. Dense data must not pay for the search: after a dense batch, the
/// next ones are assumed to be dense too.
final class ZeroSearch {
    private let places: NonzeroPlaces
    private let forTransposed: Bool
    /// Batches to go until density is measured again.
    private var pause = 0

    /// For batches of up to `rows` times `columns`. `forTransposed`: a gradient will be wanted.
    init(rows: Int, columns: Int, forTransposed: Bool) {
        places = NonzeroPlaces(capacity: rows, columns: columns, forTransposed: forTransposed)
        self.forTransposed = forTransposed
    }

    /// The places of x [rows, columns] that are not zero, if skipping the zeros pays.
    func look(in x: Floats, training: Bool) -> NonzeroPlaces? {
        look(training: training) { places.find(in: x) }
    }

    /// The same for bytes that are converted to floats without an offset.
    func look(in bytes: [UInt8], rows: ArraySlice<Int>, training: Bool) -> NonzeroPlaces? {
        look(training: training) { places.find(in: bytes, rows: rows) }
    }

    /// Takes over the pause of another search of the same batches.
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

    /// The share of nonzero numbers below which skipping zeros pays. Each of them costs 1.3 to 1.4 times as much then, on each
    /// instruction set, and the search has its cost: both ways are equal near 60 % (measured: docs/performance.md).
    private static let sparseShare = 0.6
}
