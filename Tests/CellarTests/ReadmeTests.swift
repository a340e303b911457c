import Foundation
import TestSupport
import Testing

@Test("README has the example that is compiled here")
func readmeHasExample() throws {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let source = try lines(here.appendingPathComponent("ReadmeExample.swift"))
    // Without the function's first and last line.
    let body = source.filter { $0.hasPrefix("    ") }.map { String($0.dropFirst(4)) }
    let readme = try lines(Fixtures.repository.appendingPathComponent("README.md"))
    let fence = try #require(readme.firstIndex(of: "```swift"))
    let example = readme[(fence + 1)...].prefix { $0 != "```" }
    #expect(Array(example) == ["import Cellar", ""] + body)
}

private func lines(_ file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
}
