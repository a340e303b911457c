import Base
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct WriterTests {
    @Test func quotesWhereNecessary() throws {
        try Fixtures.temporaryFolder { folder in
            let path = folder.appendingPathComponent("out.csv").path
            var writer = try CSVWriter(path: path, buffering: 256)
            try writer.field("plain")
            try writer.field("a,b")
            try writer.field("say \"hi\"")
            try writer.field("two\nlines")
            try writer.endRow()
            try writer.fields(Array("1;2,x".utf8)[...])
            try writer.field(Float(0.1))
            try writer.field(1.0 / 3)
            try writer.field(-7)
            try writer.endRow()
            #expect(!FileManager.default.fileExists(atPath: path))
            try writer.finish()
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(
                text == "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\n1;2,x,0.1,0.3333333333333333,-7\n")
        }
    }

    @Test func writesMoreThanItsBuffer() throws {
        try Fixtures.temporaryFolder { folder in
            let path = folder.appendingPathComponent("out.csv").path
            var writer = try CSVWriter(path: path, delimiter: UInt8(ascii: ";"), buffering: 256)
            let long = String(repeating: "x", count: 1000)
            for row in 0..<500 {
                try writer.field(row)
                try writer.field(row % 50 == 0 ? long : "short")
                try writer.endRow()
            }
            try writer.finish()
            let table = try Table(path: path.description)
            #expect(table.rowCount == 499)
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            #expect(lines[50] == "50;\(long)")
            #expect(lines[499] == "499;short")
        }
    }

    @Test func leavesNothingHalfWritten() throws {
        try Fixtures.temporaryFolder { folder in
            let file = folder.appendingPathComponent("kept.csv")
            try Data("before".utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
            do {
                var abandoned = try AtomicFile(file.path)
                try abandoned.write("half")
            }
            #expect(try String(contentsOf: file, encoding: .utf8) == "before")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["kept.csv"])

            var whole = try AtomicFile(file.path)
            try whole.write("after")
            try whole.commit()
            #expect(try String(contentsOf: file, encoding: .utf8) == "after")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["kept.csv"])
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o640)
        }
    }

    @Test func keepsASymbolicLink() throws {
        try Fixtures.temporaryFolder { folder in
            let target = folder.appendingPathComponent("target")
            let link = folder.appendingPathComponent("link")
            try Data("before".utf8).write(to: target)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
            try writeFile(link.path, Array("after".utf8))
            #expect(try String(contentsOf: target, encoding: .utf8) == "after")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == target.path)
        }
    }

    @Test func reportsAFullDisk() throws {
        // The device is written directly, not replaced.
        let error = try #require(failure { () throws(CellarError) in try writeFile("/dev/full", [1, 2, 3]) })
        #expect(error.kind == .inputOutput)
        #expect(error.description.contains("No space left on device"))
        #expect(FileManager.default.fileExists(atPath: "/dev/full"))
        try writeFile("/dev/null", [1])
    }

    @Test func reportsABrokenPipe() throws {
        reportBrokenPipes()
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let path = "/dev/fd/\(pipe.fileHandleForWriting.fileDescriptor)"
        let error = try #require(failure { () throws(CellarError) in try writeFile(path, [1]) })
        #expect(error.kind == .inputOutput)
    }

    @Test func saysWhereItCannotWrite() throws {
        try Fixtures.temporaryFolder { folder in
            let folderError = failure { () throws(CellarError) in try writeFile(folder.path, [1]) }
            #expect(folderError?.description.contains("Is a directory") == true)
            let path = folder.appendingPathComponent("none/out.csv").path
            let error = try #require(failure { () throws(CellarError) in try writeFile(path, [1]) })
            #expect(error.description.contains("Create its folder first."))
        }
    }
}
