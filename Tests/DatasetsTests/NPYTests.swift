import Base
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Datasets

@Suite struct NPYTests {
    private static let base: [Double] = [0, 1, 2, 3, 100, 5, 6, 7, 8, 9, 10, 120]

    @Test(
        "reads each type as NumPy wrote it",
        arguments: [
            "nb1", "ni1", "nu1", "li2", "bi2", "lu2", "bu2", "li4", "bi4", "lu4", "bu4", "li8", "bi8", "lu8",
            "bu8",
            "lf2", "bf2", "lf4", "bf4", "lf8", "bf8",
        ])
    func types(name: String) throws {
        let path = GoldenFiles.path("npy/\(name).npy")
        let expected = NPYTests.base.map { value -> Double in
            if name.contains("b1") { return value.truncatingRemainder(dividingBy: 2) }
            if name.contains("f") { return value / 4 - 3 }
            return name.contains("i") ? value - 60 : value
        }
        let array = try readNPYNumbers(path)
        #expect(array.shape == [2, 2, 3])
        #expect(array.values == expected)
        let samples = try readNPY(path)
        #expect(samples.shape == [2, 3])
        if name == "nu1" {
            #expect(samples.storage == .bytes(expected.map { UInt8($0) }))
        } else {
            #expect(samples.storage == .floats(expected.map { Float($0) }))
        }
    }

    @Test("reads all versions and both orders", arguments: ["version2", "version3", "fortran"])
    func versions(name: String) throws {
        let array = try readNPYNumbers(GoldenFiles.path("npy/\(name).npy"))
        #expect(array.shape == [2, 2, 3])
        #expect(array.values == NPYTests.base)
    }

    @Test func halves() throws {
        let array = try readNPYNumbers(GoldenFiles.path("npy/halves.npy"))
        #expect(array.values == [0, 0x1p-24, 0x3FFp-24, 0x1p-14, 1, 65504, 0, -5])
        #expect(array.values[6].sign == .minus)
    }

    @Test func labels() throws {
        let path = GoldenFiles.path("npy/labels.npy")
        #expect(try readNPYLabels(path) == [3, 0, 9])
        #expect(try readNPY(path) == Samples(shape: [1], floats: [3, 0, 9]))
        for name in ["lf4", "nan"] {
            let path = GoldenFiles.path("npy/\(name).npy")
            #expect(failure { () throws(CellarError) in try readNPYLabels(path) }?.category == .badData)
        }
        let halves = GoldenFiles.path("npy/halves.npy")
        #expect(failure { () throws(CellarError) in try readNPYLabels(halves) }?.place.row == 2)
    }

    @Test(
        "says what it cannot read",
        arguments: [
            ("text", "dtype \"<U1\""), ("complex", "dtype \"<c16\""), ("record", "a NumPy"),
            ("object", "dtype \"|O\""),
            ("empty", "shape [0, 3]"), ("scalar", "a single number"),
            ("nan", "row 2: expected finite numbers"),
            ("wide", "float64 values must fit into float32"),
        ])
    func refused(name: String, message: String) throws {
        let path = GoldenFiles.path("npy/\(name).npy")
        let error = try #require(failure { () throws(CellarError) in try readNPY(path) })
        #expect(name == "record" ? error.description.contains("header") : error.description.contains(message))
    }

    @Test("writes NumPy's header to the byte", arguments: [[2, 3], [5], [1, 2, 3, 4], [100_000, 1]])
    func header(shape: [Int]) throws {
        try Fixtures.temporaryFolder { folder in
            let path = folder.appendingPathComponent("x.npy").path
            let count = shape.reduce(1, *)
            let tensor = Tensor(shape: shape, values: (0..<count).map { Float($0) / 3 - 1 })
            try writeNPY(tensor, to: path)
            let name = "npy/header_\(shape.map(String.init).joined(separator: "_")).bin"
            let expected = try Data(contentsOf: GoldenFiles.folder.appendingPathComponent(name))
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(bytes.prefix(expected.count) == expected)
            #expect(bytes.count == expected.count + 4 * count)
            let array = try readNPYNumbers(path)
            #expect(array.shape == shape)
            #expect(array.values.map { Float($0) } == tensor.values)
        }
    }

    @Test func anyCutOrChangedByteIsAnErrorOrAnArray() throws {
        let good = try [UInt8](Data(contentsOf: GoldenFiles.folder.appendingPathComponent("npy/lf4.npy")))
        try Fixtures.temporaryFolder { folder in
            let path = folder.appendingPathComponent("x.npy").path
            for count in stride(from: 0, to: good.count, by: 3) {
                try Data(good.prefix(count)).write(to: URL(fileURLWithPath: path))
                #expect(failure { () throws(CellarError) in try readNPY(path) } != nil)
            }
            var random = MersenneTwister(seed: 5)
            for _ in 0..<500 {
                var changed = good
                changed[random.draw(through: 127)] = UInt8(random.draw(through: 255))
                try Data(changed).write(to: URL(fileURLWithPath: path))
                _ = failure { () throws(CellarError) in try readNPY(path) }
            }
        }
    }

    @Test(
        "reads no header but NumPy's",
        arguments: [
            "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 4), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1), }",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", "{'descr': '<f4', 'shape': (1,), }",
            "{'descr': '<f3', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': (1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} or exit()",
            "__import__('os').system('true')", "",
        ])
    func strict(header: String) throws {
        try Fixtures.temporaryFolder { folder in
            let path = folder.appendingPathComponent("x.npy").path
            let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
            try Data(start + Array(header.utf8) + [0, 0, 0, 0]).write(to: URL(fileURLWithPath: path))
            #expect(failure { () throws(CellarError) in try readNPY(path) }?.category == .badData)
        }
    }
}
