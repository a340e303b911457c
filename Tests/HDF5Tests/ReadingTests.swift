import Foundation
import TestSupport
import Testing

@testable import HDF5

func golden(_ name: String) -> String {
    Fixtures.repository.appendingPathComponent("Tests/HDF5Tests/Golden/\(name)").path
}

/// The golden files' rows: 0 … 11 in eighths, less a half.
let rows: [Float] = (0..<12).map { Float($0) / 8 - 0.5 }

@Test(
    "reads float32 in every layout",
    arguments: ["f4", "chunked", "compact", "bfloat16", "opaque_bfloat16"])
func layouts(_ name: String) throws {
    let dataset = try HDF5File(reading: golden("numbers.h5")).root.dataset(named: name)
    #expect(dataset.shape == [3, 4])
    #expect(try dataset.readFloats(shape: [3, 4]) == rows)
    #expect(try dataset.readDoubles() == rows.map(Double.init))
}

@Test(
    "converts from every kind of number",
    arguments: [
        ("f4_be", "float32", 4, true), ("f2", "float16", 2, false), ("f2_be", "float16", 2, true),
        ("f8", "float64", 8, false),
        ("f8_be", "float64", 8, true), ("i1", "int8", 1, false), ("i2", "int16", 2, false),
        ("i4_be", "int32", 4, true), ("i8", "int64", 8, false), ("u1", "uint8", 1, false),
        ("u2", "uint16", 2, false), ("u8_be", "uint64", 8, true),
    ])
func conversions(_ name: String, _ kind: String, _ size: Int, _ isBigEndian: Bool) throws {
    let dataset = try HDF5File(reading: golden("numbers.h5")).root.dataset(named: name)
    #expect(dataset.kind.description == kind)
    #expect(dataset.isBigEndian == isBigEndian)
    #expect((dataset.elementSize, dataset.storageSize) == (size, 12 * size))
    #expect(try dataset.readFloats() == (0..<12).map(Float.init))
    #expect(try dataset.readDoubles() == (0..<12).map(Double.init))
    #expect(try dataset.readInt64s() == Array(0..<12))
}

@Test("reads every float16 as NumPy does")
func halves() throws {
    let root = try HDF5File(reading: golden("numbers.h5")).root
    let found = try root.dataset(named: "halves").readFloats()
    let expected = try root.dataset(named: "halves_as_f4").readFloats()
    #expect(found.count == 65536)
    let differ = zip(found, expected).filter { $0 != $1 && !($0.isNaN && $1.isNaN) }
    #expect(differ.isEmpty)
    let whole = try root.dataset(named: "halves").readInt64s()
    #expect((whole[0x7C00], whole[0xFC00], whole[0x7E00], whole[0xBE00]) == (.max, .min, 0, -1))
}

@Test("reads what was compressed")
func compressed() throws {
    let dataset = try HDF5File(reading: golden("numbers.h5")).root.dataset(named: "deflate")
    let found = try dataset.readFloats(shape: [120, 160])
    let off = found.indices.filter { found[$0] != rows[$0 / 160 % 3 * 4 + $0 % 4] }
    #expect(off.isEmpty)
    #expect(dataset.storageSize < 120 * 160 * 4)
}

@Test("reads scalars and what is empty")
func scalars() throws {
    let root = try HDF5File(reading: golden("numbers.h5")).root
    #expect(try root.dataset(named: "scalar").shape == [])
    #expect(try root.dataset(named: "scalar").readFloats(shape: []) == [2.5])
    #expect(try root.dataset(named: "empty").shape == [0, 4])
    #expect(try root.dataset(named: "empty").readFloats() == [])
    #expect(try root.dataset(named: "null").readFloats() == [])
}

@Test("a dataset of another shape or type is an error that says so")
func wrongKinds() throws {
    let root = try HDF5File(reading: golden("numbers.h5")).root
    let shape = #expect(throws: HDF5Error.self) { try root.dataset(named: "f4").readFloats(shape: [4, 3]) }
    #expect(
        shape?.description.hasSuffix(
            "numbers.h5, /f4: expected shape (4, 3), found shape (3, 4). The file has another structure than expected."
        )
            == true)
    for (name, found) in [
        ("records", "records"), ("bool", "an enumeration"), ("opaque", "opaque data of 2 bytes each"),
    ] {
        let error = #expect(throws: HDF5Error.self) { try root.dataset(named: name).readFloats() }
        #expect(error?.reason == .wrongKind)
        #expect(error?.found == found)
    }
    #expect(throws: HDF5Error.self) { try root.dataset(named: "f4").readStrings() }
}

@Test("reads texts of every layout")
func texts() throws {
    let root = try HDF5File(reading: golden("texts.h5")).root
    let attributes = root.attributes
    #expect(try attributes.string("str") == "é𝄞 utf8")
    #expect(try attributes.string("bytes") == "fixed scalar")
    #expect(try attributes.string("vlen_ascii") == "{\"a\": 1}")
    #expect(try attributes.strings("names") == ["dense", "dense_1/kernel:0", ""])
    #expect(try attributes.strings("fixed") == ["a", "longest", ""])
    #expect(try attributes.strings("no_names") == [])
    #expect(try attributes.strings("null") == [])
    #expect(try attributes.string("long") == String(repeating: "x", count: 70_000))
    #expect(try attributes.strings("space_padded") == ["ab", "cdef", "g"])
    #expect(try attributes.strings("null_padded") == ["ab", "cdef", "g"])
    #expect(try attributes.strings("null_terminated") == ["ab", "cde", ""])
    #expect(try attributes.strings("absent") == nil)
    #expect(try root.dataset(named: "vlen").readStrings(shape: [2, 2]) == ["a", "é", "", "d"])
    #expect(try root.dataset(named: "fixed").readStrings() == ["one", "three"])
    for (name, expected) in [("latin1", "text in UTF-8"), ("float", "text"), ("names", "one text")] {
        let error = #expect(throws: HDF5Error.self) { try attributes.string(name) }
        #expect(error?.expected == expected)
        #expect(error?.place == "/@\(name)")
    }
}

@Test("reads numbers in attributes")
func attributeNumbers() throws {
    let attributes = try HDF5File(reading: golden("texts.h5")).root.attributes
    #expect(try attributes.doubles("float") == [0.5])
    #expect(try attributes.int64s("ints") == [0, 1, 2, 3, 4])
    #expect(try attributes.doubles("matrix") == [0, 1, 2, 3, 4, 5])
    #expect(try attributes.doubles("no_names") == [])
    #expect(try attributes.doubles("absent") == nil)
    #expect(throws: HDF5Error.self) { try attributes.doubles("str") }
    #expect(throws: HDF5Error.self) { try attributes.doubles("truth") }
}

@Test("reads the newest format, groups of many names, and behind a user block")
func formats() throws {
    let latest = try HDF5File(reading: golden("latest.h5")).root
    #expect(try latest.childNames().count == 42)
    let dense = try latest.group(named: "dense")
    #expect(try dense.attributes.names() == (0..<40).map { "attribute\($0 < 10 ? "0" : "")\($0)" })
    #expect(try dense.attributes.string("attribute39") == "value 39")
    #expect(try dense.dataset(named: "kernel").readFloats() == rows)
    #expect(try latest.dataset(named: "group07/x").readInt64s() == [7])
    #expect(try latest.dataset(named: "deflate").readFloats() == [Float](repeating: 0, count: 10_000))

    let many = try HDF5File(reading: golden("many.h5")).root
    #expect(try many.childNames().prefix(4) == ["layer_0", "layer_1", "layer_10", "layer_11"])
    #expect(try many.dataset(named: "layer_29/kernel:0").readFloats() == [29])
    #expect(try HDF5File(reading: golden("userblock.h5")).root.dataset(named: "x").readFloats() == rows)
}

@Test("opens bytes, several at once and under one name")
func images() throws {
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: golden("many.h5"))))
    let other = try [UInt8](Data(contentsOf: URL(fileURLWithPath: golden("other.h5"))))
    let files = try [bytes, other].map { try HDF5File(readingBytes: $0, name: "member") }
    #expect(try files[0].root.dataset(named: "layer_3/kernel:0").readFloats() == [3])
    #expect(try files[1].root.dataset(named: "x").readFloats() == rows)
}

@Test("every fixture of real Keras opens, lists and reads")
func fixtures() throws {
    var datasets = 0
    func visit(_ group: HDF5Group) throws {
        for name in try group.attributes.names() {
            let texts = (try? group.attributes.strings(name)) ?? []
            let numbers = (try? group.attributes.doubles(name)) ?? []
            #expect(!texts.isEmpty || !numbers.isEmpty || name == "weight_names", "\(group.path)@\(name)")
        }
        for name in try group.childNames() {
            if group.kind(of: name) == .group {
                try visit(try group.group(named: name))
            } else {
                let dataset = try group.dataset(named: name)
                #expect(try dataset.readFloats().count == dataset.shape.reduce(1, *))
                datasets += 1
            }
        }
    }
    let files = try #require(FileManager.default.enumerator(atPath: Fixtures.folder.path))
        .compactMap { $0 as? String }.filter { $0.hasSuffix(".h5") }
    #expect(!files.isEmpty)
    for file in files {
        try visit(try HDF5File(reading: Fixtures.folder.appendingPathComponent(file).path).root)
    }
    #expect(datasets >= files.count)
}

@Test("reads one file from many threads at once")
func threads() async throws {
    let file = try HDF5File(reading: golden("many.h5"))
    let sums = try await withThrowingTaskGroup(of: Float.self) { tasks in
        for _ in 0..<8 {
            tasks.addTask {
                var sum: Float = 0
                for name in try file.root.childNames() {
                    sum += try file.root.dataset(named: name + "/kernel:0").readFloats()[0]
                    #expect(throws: HDF5Error.self) { try file.root.dataset(named: name + "/absent") }
                }
                let own = try HDF5File(reading: golden("other.h5")).root.dataset(named: "x").readFloats()
                return sum + own[4]
            }
        }
        return try await tasks.reduce(into: [Float]()) { $0.append($1) }
    }
    #expect(sums == [Float](repeating: 435, count: 8))
}
