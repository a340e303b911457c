import Base
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Datasets

@Suite struct IDXTests {
    @Test("reads pictures, gzipped or not", arguments: ["idx/images", "idx/images.gz"])
    func images(name: String) throws {
        let samples = try readIDXImages(GoldenFiles.path(name))
        #expect(samples == Samples(shape: [2, 4], bytes: Array(0..<24)))
    }

    @Test func realMNIST() throws {
        let folder = Fixtures.data.appendingPathComponent("mnist").path
        let test = try readIDX(
            images: "\(folder)/t10k-images-idx3-ubyte.gz", labels: "\(folder)/t10k-labels-idx1-ubyte.gz")
        #expect(test.samples.count == 10_000)
        #expect(test.samples.shape == [28, 28])
        #expect(test.labels.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
        #expect(test.classes == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
        guard case .bytes(let bytes) = test.samples.storage else {
            Issue.record("pictures are no bytes")
            return
        }
        // The set's well-known mean is 0.1325 (of the training set 0.1307).
        let mean = Double(bytes.reduce(0) { $0 + Int($1) }) / Double(bytes.count) / 255
        #expect(abs(mean - 0.1325) < 0.0001)
        #expect(ClassDistribution(classes: test.classes, labels: test.labels).counts[7] == 1028)
    }

    @Test(
        "says what is wrong with a file",
        arguments: [
            ("idx/cut.gz", "a truncated file"),
            ("idx/crc.gz", "expected gzip data, found incorrect data check"), ("idx/more.gz", "found more"),
            ("idx/fewer.gz", "expected 24 bytes of data for dimensions [3, 2, 4], found 23"),
            ("idx", "found a folder"), ("idx/none", "no such file"),
            ("splits.json", "first bytes 7b 22"),
        ])
    func damaged(name: String, message: String) throws {
        let error = try #require(
            failure { () throws(CellarError) in try readIDXImages(GoldenFiles.path(name)) })
        #expect(error.description.contains(message), "\(error)")
        #expect(error.description.contains(name))
    }

    @Test func refusesLabelsForImages() throws {
        let labels = Fixtures.data.appendingPathComponent("mnist/t10k-labels-idx1-ubyte.gz").path
        #expect(failure { () throws(CellarError) in try readIDXImages(labels) }?.category == .badData)
        let images = GoldenFiles.path("idx/images.gz")
        #expect(failure { () throws(CellarError) in try readIDXLabels(images) }?.category == .badData)
        let error = try #require(
            failure { () throws(CellarError) in try readIDX(images: images, labels: labels) })
        #expect(error.description.contains("expected 3 labels"))
    }

    @Test(
        "believes no header that the data do not bear out",
        arguments: [
            [0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255],
            [0, 0, 8, 3, 0, 0, 255, 255, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3],
            [0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28], [0, 0, 8, 3, 0, 0], [0, 0, 13, 3], [],
        ] as [[UInt8]])
    func hostile(bytes: [UInt8]) throws {
        try Fixtures.temporaryFolder { folder in
            let path = folder.appendingPathComponent("images").path
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(failure { () throws(CellarError) in try readIDXImages(path) }?.category == .badData)
        }
    }
}
