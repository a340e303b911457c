import Foundation

/// The targets of Package.swift.
struct Manifest {
    struct Target {
        var name: String
        var folder: String
        var isTest: Bool
        /// Targets of this package.
        var modules: [String] = []
        /// Products of other packages.
        var products: [String] = []
    }

    var targets: [Target] = []

    static func read() throws -> Manifest {
        let text = try output("swift", ["package", "dump-package"])
        let form = try JSONDecoder().decode(Form.self, from: Data(text.utf8))
        return Manifest(
            targets: form.targets.map { target in
                var result = Target(
                    name: target.name,
                    folder: target.path ?? (target.type == "test" ? "Tests/" : "Sources/") + target.name,
                    isTest: target.type == "test" || target.path?.hasPrefix("Tests/") == true)
                for dependency in target.dependencies {
                    if let name = dependency.byName?.first ?? dependency.target?.first, let name {
                        result.modules.append(name)
                    } else if let name = dependency.product?.first, let name {
                        result.products.append(name)
                    }
                }
                return result
            })
    }

    private struct Form: Decodable {
        var targets: [Target]

        struct Target: Decodable {
            var name, type: String
            var path: String?
            var dependencies: [Dependency]
        }

        /// Name, package and condition, of which we want the name.
        struct Dependency: Decodable {
            var byName, target, product: [String?]?

            init(from decoder: any Decoder) throws {
                let values = try decoder.container(keyedBy: Key.self)
                func names(_ key: Key) throws -> [String?]? {
                    guard var list = try? values.nestedUnkeyedContainer(forKey: key) else { return nil }
                    return [try list.decode(String.self)]
                }
                (byName, target, product) = try (names(.byName), names(.target), names(.product))
            }

            enum Key: CodingKey { case byName, target, product }
        }
    }
}
