import CHDF5

/// The shape that a file declares, checked to fit into `Int`.
struct Extent {
    /// [] for a scalar and for HDF5's "null" (which has no elements).
    let shape: [Int]
    let count: Int

    init(space: hid_t, _ place: HDF5Place) throws(HDF5Error) {
        let expected = "a shape"
        switch H5Sget_simple_extent_type(space) {
        case H5S_SCALAR: (shape, count) = ([], 1)
        case H5S_NULL: (shape, count) = ([], 0)
        case H5S_SIMPLE:
            let rank = Int(H5Sget_simple_extent_ndims(space))
            guard (0...32).contains(rank) else { throw place.damaged(expected: expected) }
            var sizes = [hsize_t](repeating: 0, count: rank)
            guard unsafe H5Sget_simple_extent_dims(space, &sizes, nil) >= 0 else {
                throw place.damaged(expected: expected)
            }
            var shape: [Int] = []
            var count = 1
            for size in sizes {
                guard let size = Int(exactly: size), !count.multipliedReportingOverflow(by: size).overflow
                else {
                    throw place.error(
                        .tooLarge, expected: "a shape that fits into memory",
                        found: sizes.map(String.init).joined(separator: " × "))
                }
                shape.append(size)
                count *= size
            }
            (self.shape, self.count) = (shape, count)
        default: throw place.damaged(expected: expected)
        }
    }
}

extension [Int] {
    /// The shape in Python's form: (3, 4), (5,), ().
    var shapeText: String {
        "(" + map(String.init).joined(separator: ", ") + (count == 1 ? ",)" : ")")
    }
}
