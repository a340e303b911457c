import Foundation

/// Reads random cases with what pandas, NumPy and scikit-learn make of them (make_random.py). `CELLAR_BLIND` names a
/// folder with other cases of the same form.
public func randomCases<Case: Decodable>(_ name: String, as: Case.Type) throws -> [Case] {
    let folder =
        ProcessInfo.processInfo.environment["CELLAR_BLIND"].map { URL(fileURLWithPath: $0) }
        ?? Fixtures.repository.appendingPathComponent("Tests/DatasetsTests/Golden/random")
    return try JSONDecoder().decode(
        [Case].self, from: Data(contentsOf: folder.appendingPathComponent(name)))
}
