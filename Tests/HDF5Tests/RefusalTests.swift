import Foundation
import TestSupport
import Testing

@testable import HDF5

private func error(_ file: String, _ dataset: String) -> HDF5Error? {
    #expect(throws: HDF5Error.self) {
        try HDF5File(reading: golden(file)).root.dataset(named: dataset).readFloats()
    }
}

@Test(
    "links are refused before they are followed",
    arguments: [
        ("soft", "/soft", "a soft link"), ("soft_group/x", "/soft_group", "a soft link"),
        ("external", "/external", "a link to another file"),
        ("external/x", "/external", "a link to another file"),
        ("group/loop", "/group/loop", "a soft link"),
    ])
func links(_ name: String, _ place: String, _ found: String) throws {
    let error = error("links.h5", name)
    #expect(error?.reason == .refused)
    #expect(error?.place == place)
    #expect(error?.found == found)
    let root = try HDF5File(reading: golden("links.h5")).root
    #expect(root.kind(of: name) == .link)
    #expect(!root.has(name))
}

@Test("a cycle of groups is only as long as the path that is asked for")
func cycles() throws {
    let root = try HDF5File(reading: golden("links.h5")).root
    #expect(try root.dataset(named: "cycle/cycle/cycle/group/x").readFloats() == rows)
    let long = Array(repeating: "cycle", count: 1000).joined(separator: "/")
    #expect(error("links.h5", long)?.reason == .refused)
}

@Test(
    "names that could lead elsewhere are refused",
    arguments: ["/group/x", "../x", "group/../group/x", "./group", "", "/", "group\0/x"])
func names(_ name: String) throws {
    #expect(error("links.h5", name)?.reason == .refused)
    #expect(try HDF5File(reading: golden("links.h5")).root.kind(of: name) == nil)
}

@Test("doubled slashes are one, as HDF5 has it")
func slashes() throws {
    let root = try HDF5File(reading: golden("links.h5")).root
    #expect(try root.dataset(named: "group//x").path == "/group/x")
}

@Test("what is not there, or is something else, is told with what is")
func absent() throws {
    let nothing = error("many.h5", "layer_3/bias:0")
    #expect(nothing?.reason == .noSuchItem)
    #expect(nothing?.place == "/layer_3")
    #expect((nothing?.expected, nothing?.found) == ("'bias:0'", "'kernel:0'"))
    #expect(
        error("many.h5", "dense")?.found
            == "'layer_0', 'layer_1', 'layer_10', 'layer_11', 'layer_12', 'layer_13' and 24 more")
    #expect(error("many.h5", "layer_3/kernel:0/x")?.found == "a dataset, which has no members")
    #expect(error("many.h5", "layer_3")?.found == "a group")
    #expect(error("links.h5", "type")?.found == "a named datatype")
}

@Test(
    "data outside the file and unusual filters are refused",
    arguments: [
        ("outside.h5", "external_storage", "data in another file"),
        ("outside.h5", "virtual", "a virtual dataset"),
        ("outside.h5", "virtual_unlimited", "a virtual dataset"),
        ("filters.h5", "lzf", "HDF5 filter 32000"), ("filters.h5", "scaleoffset", "HDF5 filter 6"),
        ("filters.h5", "twice", "2"),
    ])
func outside(_ file: String, _ name: String, _ found: String) {
    let error = error(file, name)
    #expect(error?.reason == .refused)
    #expect(error?.found == found)
}

@Test(
    "a shape larger than the stored data is refused",
    arguments: ["late", "chunked", "overflow", "few", "wide_chunk", "huge_scalar_text"])
func shapes(_ name: String) {
    #expect(error("large.h5", name)?.reason == .tooLarge)
}

@Test("the caller's limits hold")
func limits() throws {
    var limits = HDF5Limits()
    limits.children = 10
    limits.datasetBytes = 40
    limits.textBytes = 100
    limits.attributeBytes = 20
    let many = try HDF5File(reading: golden("many.h5"), limits: limits)
    #expect(throws: HDF5Error.self) { try many.root.childNames() }
    let numbers = try HDF5File(reading: golden("numbers.h5"), limits: limits)
    #expect(throws: HDF5Error.self) { try numbers.root.dataset(named: "f4") }
    #expect(throws: HDF5Error.self) { try numbers.root.dataset(named: "i1").readFloats() }
    #expect(throws: HDF5Error.self) { try numbers.root.dataset(named: "i2").readInt64s() }
    let texts = try HDF5File(reading: golden("texts.h5"), limits: limits)
    #expect(throws: HDF5Error.self) { try texts.root.attributes.string("long") }
    #expect(throws: HDF5Error.self) { try texts.root.attributes.doubles("matrix") }
    #expect(throws: HDF5Error.self) { try texts.root.attributes.names() }
    #expect(try texts.root.attributes.string("str") == "é𝄞 utf8")
}

@Test("each kind of wrong file has its own answer")
func wrongFiles() throws {
    func open(_ path: String) -> HDF5Error? {
        #expect(throws: HDF5Error.self) { try HDF5File(reading: path) }
    }
    try Fixtures.temporaryFolder { folder in
        func make(_ name: String, _ bytes: [UInt8]) throws -> String {
            let file = folder.appendingPathComponent(name)
            try Data(bytes).write(to: file)
            return file.path
        }
        #expect(open(folder.path + "/absent.h5")?.reason == .missing)
        #expect(open("")?.reason == .missing)
        #expect(open(folder.path)?.reason == .notAFile)
        #expect(open("/dev/null")?.reason == .notAFile)
        #expect(open(try make("empty.h5", []))?.reason == .empty)
        let zip = open(try make("model.keras", Array("PK\u{3}\u{4} and more".utf8)))
        #expect((zip?.reason, zip?.found) == (.notHDF5, "a ZIP archive"))
        #expect(open(try make("text.h5", Array("no model".utf8)))?.found == "text")
        #expect(open(try make("short.h5", [0x89, 0x48]))?.found == "other data (2 bytes)")
        #expect(open(golden("truncated.h5"))?.reason == .truncated)
    }
    let bytes = #expect(throws: HDF5Error.self) { try HDF5File(readingBytes: [], name: "member") }
    #expect(bytes?.description.hasPrefix("member: expected an HDF5 file, found an empty file.") == true)
}

@Test("damage is an error, wherever it is")
func damage() throws {
    let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: golden("other.h5"))))
    #expect(throws: HDF5Error.self) {
        try HDF5File(reading: golden("damaged.h5")).root.dataset(named: "layer_3/kernel:0")
    }
    var opened = 0
    for length in stride(from: 0, to: whole.count, by: 7) {
        let error = #expect(throws: HDF5Error.self) {
            try HDF5File(readingBytes: Array(whole[..<length]), name: "part")
        }
        #expect(error?.description.isEmpty == false)
    }
    for place in stride(from: 8, to: whole.count, by: 3) {
        var bytes = whole
        bytes[place] ^= 0xFF
        // Some bytes do not matter, some are numbers; none may trap or print.
        if let file = try? HDF5File(readingBytes: bytes, name: "damaged") {
            opened += 1
            _ = try? file.root.childNames()
            _ = try? file.root.dataset(named: "x").readFloats(shape: [3, 4])
        }
    }
    #expect(opened > 0)
}

@Test("a read-only file in a read-only folder is read")
func readOnly() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("model.h5").path
        try FileManager.default.copyItem(atPath: golden("other.h5"), toPath: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        defer {
            try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        }
        let first = try HDF5File(reading: path)
        let second = try HDF5File(reading: path)
        #expect(
            try first.root.dataset(named: "x").readFloats() == second.root.dataset(named: "x").readFloats())
    }
}
