import CHDF5
import Foundation
import TestSupport
import Testing

@testable import HDF5

private func fill(_ root: HDF5Group) throws {
    try root.attributes.set("keras_version", string: "2.10.0")
    try root.attributes.set("model_config", string: "{\"class_name\": \"Sequential\"}", .ascii)
    try root.attributes.set("layer_names", strings: ["dense", "output"])
    try root.attributes.set("fixed_names", fixedStrings: ["dense", "output"])
    try root.attributes.set("weight_names", doubles: [])
    try root.attributes.set("double", double: 0.5)
    try root.attributes.set("int64", int64: 7)
    let dense = try root.makeGroup("dense")
    try dense.write(rows, shape: [3, 4], named: "kernel:0")
    try dense.write(rows.map(Double.init), shape: [3, 4], named: "float64")
    try root.write([Int64(12)], shape: [], named: "iterations")
    try root.write([Float(0.25)], shape: [], named: "scalar")
    try root.write(["a", "é"], shape: [2], named: "texts")
}

@Test("writes the types that h5py writes")
func types() throws {
    let ours = try HDF5File(creating: "ours")
    try fill(ours.root)
    let bytes = try ours.bytes()
    #expect(bytes[8] == 0, "superblock version")
    let found = try HDF5File(readingBytes: bytes, name: "ours").root
    let expected = try HDF5File(reading: golden("written.h5")).root

    #expect(try found.attributes.names() == expected.attributes.names())
    for name in try expected.attributes.names() {
        let pair = try [found, expected].map { try AttributeForm($0, name) }
        #expect(pair[0] == pair[1], "\(name)")
    }
    #expect(try found.attributes.string("model_config") == expected.attributes.string("model_config"))
    #expect(try found.attributes.strings("layer_names") == expected.attributes.strings("layer_names"))
    #expect(try found.attributes.strings("fixed_names") == expected.attributes.strings("fixed_names"))
    #expect(try found.attributes.strings("weight_names") == [])
    #expect(try found.attributes.doubles("double") == [0.5])
    #expect(try found.attributes.int64s("int64") == [7])

    #expect(try found.childNames() == expected.childNames())
    for name in ["dense/kernel:0", "dense/float64", "iterations", "scalar", "texts"] {
        let pair = try [found, expected].map { try DatasetForm($0.dataset(named: name)) }
        #expect(pair[0] == pair[1], "\(name)")
    }
    #expect(try found.dataset(named: "dense/kernel:0").readFloats() == rows)
    #expect(try found.dataset(named: "dense/float64").readDoubles() == rows.map(Double.init))
    #expect(try found.dataset(named: "iterations").readInt64s() == [12])
    #expect(try found.dataset(named: "texts").readStrings() == ["a", "é"])
}

/// What h5dump would show of a type, from HDF5 itself.
private struct TypeForm: Equatable {
    let kind: HDF5ElementKind
    let order, charset, padding: Int32

    init(_ type: hid_t) {
        kind = HDF5ElementKind(type: type)
        order = H5Tget_order(type).rawValue
        charset = H5Tget_class(type) == H5T_STRING ? H5Tget_cset(type).rawValue : -1
        padding = H5Tget_class(type) == H5T_STRING ? H5Tget_strpad(type).rawValue : -1
    }
}

private struct AttributeForm: Equatable {
    let type: TypeForm
    let shape: [Int]
    let isScalar: Bool

    init(_ group: HDF5Group, _ name: String) throws {
        let attribute = unsafe H5Aopen(group.handle.id, name, HDF5Library.standard)
        let (type, space) = (H5Aget_type(attribute), H5Aget_space(attribute))
        self.type = TypeForm(type)
        shape = try Extent(space: space, group.place).shape
        isScalar = H5Sget_simple_extent_type(space) == H5S_SCALAR
        for id in [attribute, type, space] { H5Idec_ref(id) }
    }
}

private struct DatasetForm: Equatable {
    let type: TypeForm
    let shape: [Int]
    let storageSize: Int
    let layout: Int32

    init(_ dataset: HDF5Dataset) {
        let (type, list) = (H5Dget_type(dataset.handle.id), H5Dget_create_plist(dataset.handle.id))
        self.type = TypeForm(type)
        (shape, storageSize) = (dataset.shape, dataset.storageSize)
        layout = H5Pget_layout(list).rawValue
        for id in [type, list] { H5Idec_ref(id) }
    }
}

@Test("the same content is the same bytes, on disk as in memory")
func sameBytes() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("model.h5").path
        let file = try HDF5File(creating: path)
        try fill(file.root)
        try Data(file.bytes()).write(to: URL(fileURLWithPath: path))
        let saved = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        usleep(1_100_000)  // Were a time in the file, it would be another one now.
        let again = try HDF5File(creating: "again")
        try fill(again.root)
        #expect(try again.bytes() == saved)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.h5"])
        #expect(try HDF5File(reading: path).root.dataset(named: "scalar").readFloats() == [0.25])
    }
}

@Test("writes what is empty, long, or no ASCII")
func edges() throws {
    let file = try HDF5File(creating: "edges")
    let root = file.root
    let long = String(repeating: "é", count: 500_000)
    try root.attributes.set("long", string: long, .ascii)
    try root.attributes.set("empty", string: "")
    try root.attributes.set("no_texts", strings: [])
    try root.attributes.set("fixed", fixedStrings: ["", "é"])
    try root.attributes.set("all_empty", fixedStrings: ["", ""])
    try root.attributes.set("no_fixed", fixedStrings: [])
    try root.attributes.set("again", string: "first")
    try root.attributes.set("again", strings: ["second", "third"])
    try root.write([Float](), shape: [0, 3], named: "a/b/c")
    try root.write([Float](repeating: 1, count: 300_000).span, shape: [300, 1000], named: "a/large")
    try root.write([Float.nan, .infinity, -0.0, .leastNonzeroMagnitude], shape: [4], named: "odd")
    try root.write([String](), shape: [0], named: "no_texts")
    #expect(try root.makeGroup("a/b").path == "/a/b")

    let read = try HDF5File(readingBytes: file.bytes(), name: "edges").root
    #expect(try read.attributes.string("long") == long)
    #expect(try read.attributes.string("empty") == "")
    #expect(try read.attributes.strings("no_texts") == [])
    #expect(try read.attributes.strings("fixed") == ["", "é"])
    #expect(try read.attributes.strings("all_empty") == ["", ""])
    #expect(try read.attributes.strings("no_fixed") == [])
    #expect(try read.attributes.strings("again") == ["second", "third"])
    #expect(try read.dataset(named: "a/b/c").shape == [0, 3])
    #expect(try read.dataset(named: "a/large").readFloats().allSatisfy { $0 == 1 })
    #expect(
        try read.dataset(named: "odd").readFloats().dropFirst().map(\.bitPattern) == [
            0x7F80_0000, 0x8000_0000, 1,
        ])
    #expect(try read.dataset(named: "no_texts").readStrings() == [])
}

@Test("what cannot be written is an error, and leaves nothing")
func unwritable() throws {
    let file = try HDF5File(creating: "file")
    try file.root.write(rows, shape: [3, 4], named: "x")
    func reason(_ body: () throws -> Void) -> HDF5Error.Reason? {
        (#expect(throws: HDF5Error.self, performing: body))?.reason
    }
    #expect(reason { try file.root.write(rows, shape: [3, 4], named: "x") } == .notWritten)
    #expect(reason { _ = try file.root.makeGroup("x") } == .notWritten)
    #expect(reason { try file.root.write(rows, shape: [12], named: "x/y") } == .notWritten)
    #expect(reason { try file.root.write(rows, shape: [12], named: "/y") } == .refused)
    #expect(reason { try file.root.attributes.set("a", string: "a\0b") } == .notWritten)
    let names = [String](repeating: String(repeating: "n", count: 100), count: 700)
    #expect(reason { try file.root.attributes.set("names", fixedStrings: names) } == .notWritten)
    #expect(!file.root.attributes.has("names"))
    #expect(try HDF5File(readingBytes: file.bytes(), name: "file").root.childNames() == ["x"])

    let read = try HDF5File(reading: golden("other.h5"))
    #expect(reason { try read.root.write(rows, shape: [3, 4], named: "y") } == .notWritten)
    #expect(reason { try read.root.attributes.set("a", string: "b") } == .notWritten)
}
