import Tensors

/// Decides for each batch whether its zeros are left out. Dense data must not pay for being looked through: after a dense
/// batch, the next ones are taken to be dense too.
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

    /// Where x [rows, columns] is not zero, if leaving the zeros out pays.
    func look(in x: Floats, training: Bool) -> NonzeroPlaces? {
        look(training: training) { places.find(in: x) }
    }

    /// The same for bytes that are brought in as floats without an offset.
    func look(in bytes: [UInt8], rows: ArraySlice<Int>, training: Bool) -> NonzeroPlaces? {
        look(training: training) { places.find(in: bytes, rows: rows) }
    }

    /// Pauses as another does, which has looked at the same batches.
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

    /// Each number that is there costs 1.3 to 1.4 times as much when zeros are left out, on each instruction set, and looking
    /// for them costs something too: both ways meet near 60 %, as docs/performance.md has measured.
    private static let sparseShare = 0.6
}
