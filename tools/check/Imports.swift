import Foundation

/// The rows of docs/modules.txt, which is the order of the modules, top first.
struct Layers {
    static let file = "docs/modules.txt"

    var row: [String: Int] = [:]
    var line: [String: Int] = [:]

    static func read() throws -> Layers {
        var layers = Layers()
        var row = 0
        for (number, text) in try lines(file).enumerated() {
            let names = text.prefix { $0 != "#" }.split(separator: " ").map(String.init)
            for name in names { (layers.row[name], layers.line[name]) = (row, number + 1) }
            if !names.isEmpty { row += 1 }
        }
        return layers
    }
}

/// Imports that Package.swift does not declare, dependencies that nothing imports, and dependencies that point upwards or sideways.
/// (SwiftPM's own `--explicit-target-dependency-import-check` reports nothing: Swift 6.3, native build system.)
func importProblems(_ manifest: Manifest) throws -> [Problem] {
    let layers = try Layers.read()
    let targets = manifest.targets.filter { !$0.isTest }
    var problems: [Problem] = []
    for target in targets {
        guard let row = layers.row[target.name] else {
            problems.append(Problem(Layers.file, 1, "\(target.name) is missing; add it to its layer's line"))
            continue
        }
        for name in target.modules {
            guard let other = layers.row[name], other <= row else { continue }
            problems.append(
                Problem(
                    Layers.file, layers.line[target.name] ?? 1,
                    "\(target.name) may not depend on \(name), which is in \(other < row ? "a higher" : "the same") layer"
                        + "; move what they share below both"))
        }
        problems += try undeclared(target)
    }
    let known = Set(targets.map(\.name))
    for (name, line) in layers.line.sorted(by: { $0.key < $1.key }) where !known.contains(name) {
        problems.append(Problem(Layers.file, line, "there is no target \(name); remove it"))
    }
    return problems
}

/// Modules that come with the toolchain.
private let systemModules: Set = [
    "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Dispatch", "Swift", "Builtin",
]

/// Imports without a dependency, and dependencies without an import.
private func undeclared(_ target: Manifest.Target) throws -> [Problem] {
    let declared = Set(target.modules + target.products).union(systemModules).union([target.name])
    var problems: [Problem] = []
    var imported: Set<String> = []
    let files = try tracked(["\(target.folder)/*.swift"])
    for file in files {
        for (number, line) in try lines(file).enumerated() {
            var words = line.split(separator: " ").filter {
                !$0.hasPrefix("@") && $0 != "public" && $0 != "private"
            }
            guard words.first == "import" else { continue }
            words.removeFirst()
            if let kind = words.first,
                ["struct", "class", "enum", "func", "protocol", "typealias"].contains(kind)
            {
                words.removeFirst()
            }
            guard let module = words.first?.split(separator: ".").first.map(String.init) else { continue }
            imported.insert(module)
            if declared.contains(module) { continue }
            problems.append(
                Problem(
                    file, number + 1,
                    "\(module) is imported and not declared; add it to \(target.name)'s dependencies in Package.swift"
                ))
        }
    }
    for name in target.modules + target.products where !files.isEmpty && !imported.contains(name) {
        problems.append(
            Problem(
                "Package.swift", 1,
                "\(target.name) depends on \(name) and does not import it; remove it there"))
    }
    return problems
}
