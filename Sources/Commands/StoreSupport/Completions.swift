import ArgumentParser
import Base
import Cellar
import CommandSupport
import Foundation
import Registry

extension CompletionKind {
    /// Names of models.
    public static var models: CompletionKind {
        .custom { words, _, prefix in listed(names(startingWith: prefix, in: completionStore(words))) }
    }

    /// Models, versions and aliases (`mnist`, `mnist:12`, `mnist@best`), then files.
    public static var versions: CompletionKind {
        .custom { words, _, prefix in
            listed(references(startingWith: prefix, in: completionStore(words)) + files(startingWith: prefix))
        }
    }
}

/// The completions as the shell reads them: in zsh, what follows a colon is a description. A name with control characters
/// is left out: the shell would print them.
private func listed(_ completions: [String]) -> [String] {
    let clean = completions.filter { printable($0) == $0 }
    return CompletionShell.requesting == .zsh ? clean.map { $0.replacing(":", with: "\\:") } : clean
}

/// The store that `--store` or the environment names.
private func completionStore(_ words: [String]) -> ModelStore {
    let value = words.lastIndex(of: "--store").map { $0 + 1 }
    return Store(value.flatMap { $0 < words.count ? words[$0] : nil }).models
}

private func names(startingWith prefix: String, in store: ModelStore) -> [String] {
    let models = (try? store.models()) ?? []
    return models.map(\.name).filter { $0.hasPrefix(prefix) }
}

/// Models; of a single model that fits also its aliases and versions, the newest first.
private func references(startingWith prefix: String, in store: ModelStore) -> [String] {
    let model = String(prefix.prefix { $0 != ":" && $0 != "@" })
    let names = model == prefix ? names(startingWith: prefix, in: store) : [model]
    guard names.count == 1, let listing = try? store.list(Query(model: names[0])) else {
        return names
    }
    let versions = listing.versions
    let aliases = versions.flatMap(\.aliases).map { "\(names[0])@\($0)" }
    return (names + aliases + versions.map(\.reference)).filter { $0.hasPrefix(prefix) }
}

/// Files and folders whose path begins so; hidden ones where the prefix asks for them.
private func files(startingWith prefix: String) -> [String] {
    let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
    let start = prefix.dropFirst(folder.count)
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return found.filter { $0.hasPrefix(start) && (start.hasPrefix(".") || !$0.hasPrefix(".")) }.sorted()
        .map { name in
            let path = folder + name
            return URL(fileURLWithPath: path).hasDirectoryPath ? path + "/" : path
        }
}
