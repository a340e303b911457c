import Base
import Foundation
import Network
import TestSupport
import Tensors
import Testing

@testable import Trainer

/// Prepares a table whose target is `y`, with a softmax of two outputs.
private func prepare(_ table: String, _ keys: String = "", target: String = "y") throws -> PreparedData {
    try Fixtures.temporaryFolder { folder in
        let path = folder.path + "/t.csv"
        try Data(table.utf8).write(to: URL(fileURLWithPath: path))
        return try PreparedData(
            Recipe(
                text: """
                    data:
                      csv: \(path)
                      target: \(target)
                      \(keys)
                    model: [{ Dense: { units: 2, activation: softmax } }]
                    compile: { optimizer: sgd, loss: sparse_categorical_crossentropy }
                    fit: { epochs: 1, seed: 1 }
                    """, file: "tiny.yaml"))
    }
}

@Test("columns that nobody uses may have any names; those used need one each")
func namesOfColumns() throws {
    let twice = "a,b,y,note,note\n1,2,p,u,v\n2,3,q,w,x\n"
    #expect(try prepare(twice, "features: [a, b]").features == ["a", "b"])
    #expect(throws: CellarError.self) { try prepare(twice, "features: [a, note]") }
    #expect(throws: CellarError.self) { try prepare("a,a,y\n1,2,p\n3,4,q\n") }

    // Delimiters at the ends of lines make empty columns; row numbers are no feature.
    #expect(try prepare("a;b;y;;\n1;2;p;;\n2;3;q;;\n").features == ["a", "b"])
    let index = ",a,y\n0,5,p\n1,6,q\n"
    let error = #expect(throws: CellarError.self) { try prepare(index) }
    #expect(error?.place.column == "Unnamed: 0")
    #expect(try prepare(index, "features: [\"Unnamed: 0\", a]").features == ["Unnamed: 0", "a"])

    let comma = "\"age_(20, 30]\",fare,y\n1,7.2,p\n0,8.1,q\n"
    #expect(try prepare(comma, "features: [\"age_(20, 30]\"]").features == ["age_(20, 30]"])
    #expect(try prepare("x,y,tube 12\"\n1,p,a\n2,q,b\n3,p,5\" pipe\n", "features: [x]").train.count == 3)
}

@Test("a first row that is data is noticed")
func firstRowOfData() throws {
    let iris = "5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,versicolor\n"
    let error = #expect(throws: CellarError.self) { try prepare(iris, target: "setosa") }
    #expect(error?.remedy?.contains("header: false") == true)
    #expect(throws: CellarError.self) { try prepare(iris, target: "species") }
    let bare = try prepare(iris, "header: false", target: "2")
    #expect(
        bare.train.count == 3 && bare.features == ["0", "1"] && bare.classes == ["setosa", "versicolor"])
    #expect(bare.dataset.dialect?.names == ["0", "1", "2"])
    let named = try prepare(iris, "names: [a, b, y]")
    #expect(named.features == ["a", "b"] && named.dataset.dialect?.hasHeader == false)
    // Years may name columns.
    #expect(try prepare("2019,2020,y\n1,2,p\n3,4,q\n").features == ["2019", "2020"])
}

@Test("an array of bytes or of float64 is standardized as its numbers are")
func standardizedArrays() throws {
    try Fixtures.temporaryFolder { folder in
        func standardized(_ samples: String, _ bytes: [UInt8]) throws -> [any Layer] {
            let header = "{'descr': '\(samples)', 'fortran_order': False, 'shape': (4, 1), }"
            let npy =
                Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]) + Data(header.utf8)
            try (npy + bytes).write(to: folder.appendingPathComponent("x.npy"))
            let labels = "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }"
            let head =
                Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(labels.utf8.count), 0]) + Data(labels.utf8)
            try (head + [0, 1, 0, 1]).write(to: folder.appendingPathComponent("y.npy"))
            return try PreparedData(
                Recipe(
                    text: """
                        data:
                          npy: { samples: \(folder.path)/x.npy, labels: \(folder.path)/y.npy }
                          preprocess: [StandardScaler]
                        model: [{ Dense: { units: 2, activation: softmax } }]
                        compile: { optimizer: sgd, loss: sparse_categorical_crossentropy }
                        fit: { epochs: 1, seed: 1 }
                        """, file: "tiny.yaml")
            ).preprocessing
        }
        let layer = try #require(try standardized("|u1", [1, 2, 3, 4]).first as? Normalization)
        #expect(layer.constants?.mean.values == [2.5] && layer.constants?.variance.values == [1.25])
        let offset = (0..<4).flatMap { row -> [UInt8] in
            let bits = (1e9 + Double(row)).bitPattern
            return (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
        }
        #expect(throws: CellarError.self) { try standardized("<f8", offset) }
    }
}
