import Base
import EventFiles
import Foundation
import Registry

/// Asks for the runs in a folder of TensorBoard's event files, beside the versions of the store.
public struct ImportLogsRequest: Sendable {
    public var folder: String
    /// The model whose versions are listed too; nil for those of all models.
    public var model: String?
    /// The metrics that are wanted, each of which some run or version must have; nil for all of the runs, and
    /// `standardMetrics` of the versions.
    public var metrics: [String]?
    public static let standardMetrics = ["loss", "accuracy", "val_loss", "val_accuracy"]
    /// False to list the runs alone.
    public var listsVersions = true

    public init(folder: String, model: String? = nil) { (self.folder, self.model) = (folder, model) }
}

/// A training run: of event files, or a version of the store.
public struct LoggedRun: Sendable {
    /// The run's folder within the one that was asked for, or the version.
    public let name: String
    /// True for a version of the store.
    public let isVersion: Bool
    /// The time of the first event, or when the version was saved: ISO 8601, UTC; empty if not known.
    public let began: String
    /// The number of epochs; nil if not known.
    public let epochs: Int?
    /// The last value of each metric, of one epoch for all that training and validation have, and the best one; of a version the value of its weights (NaN where it is not known which end is good): `loss`, `val_loss`, `val_accuracy` …
    public internal(set) var metrics: [(name: String, last: Double, best: Double)]
    /// The reason why the run could not be read completely, and whether the folder has earlier trainings that are not shown; nil
    /// if the run is all that there is.
    public let problem: String?

    public func last(_ name: String) -> Double? { metrics.first { $0.name == name }?.last }
    public func best(_ name: String) -> Double? { metrics.first { $0.name == name && !$0.best.isNaN }?.best }

    public var json: JSON {
        let values = metrics.map { metric -> (String, JSON) in
            (metric.name, ["last": JSON(finite: metric.last), "best": JSON(finite: metric.best)])
        }
        return [
            "name": .string(name), "source": isVersion ? "registry" : "tensorboard",
            "began": began.isEmpty ? .null : .string(began),
            "epochs": epochs.map { .integer($0) } ?? .null, "metrics": .object(JSONObject(values)),
            "problem": problem.map { .string($0) } ?? .null,
        ]
    }
}

extension Store {
    /// Reads the scalars of each run below a folder, as Keras' callback, Cellar or TensorFlow write them. Runs come in the order
    /// of their beginning, the newest first, and then the store's versions.
    public func importLogs(_ request: ImportLogsRequest) throws(CellarError) -> [LoggedRun] {
        guard FileSystem.isFolder(request.folder) else {
            throw CellarError(.noInput, "no such folder.", file: request.folder)
        }
        let found = try eventFiles(below: request.folder)
        guard !found.isEmpty else {
            throw CellarError(
                .badData, "there are no event files (events.out.tfevents.…) in this folder.",
                file: request.folder,
                remedy: "Name the log_dir of Keras' TensorBoard callback, or a folder above it.")
        }
        // train and validation of one run.
        var runs: [String: [(part: String, file: String)]] = [:]
        for (folder, file) in found {
            let part = FileSystem.name(of: folder)
            let isPart = part == "train" || part == "validation"
            runs[isPart ? FileSystem.folder(of: folder) : folder, default: []].append(
                (isPart ? part : "", file))
        }
        let start = request.folder.hasSuffix("/") ? request.folder : request.folder + "/"
        var logged: [LoggedRun] = []
        for (folder, files) in runs {
            let name = folder.hasPrefix(start) ? String(folder.dropFirst(start.count)) : "."
            logged.append(loggedRun(name, files))
        }
        logged.sort { ($1.began, $0.name) < ($0.began, $1.name) }
        if request.listsVersions { logged += try versions(request) }
        guard let wanted = request.metrics else { return logged }
        for i in logged.indices { logged[i].metrics.removeAll { !wanted.contains($0.name) } }
        for name in wanted where !logged.contains(where: { $0.last(name) != nil }) {
            throw CellarError(
                .usage, "no run and no version has the metric \(name).", file: request.folder,
                remedy: "Omit --metrics, or use --json to see the metrics that there are.")
        }
        return logged
    }

    /// The store's versions with the metrics of their weights.
    private func versions(_ request: ImportLogsRequest) throws(CellarError) -> [LoggedRun] {
        let listing = try list(ListRequest(model: request.model))
        // A metric that no version has is no error here.
        let names = request.metrics ?? ImportLogsRequest.standardMetrics
        let columns = names.map { name in
            (name, (try? table(of: listing, columns: [name]))?.rows.map { $0.last?.flatMap(\.double) })
        }
        return listing.versions.enumerated().map { row, version in
            LoggedRun(
                name: version.reference, isVersion: true, began: version.created, epochs: nil,
                metrics: columns.compactMap { name, values in
                    values?[row].map { (name: name, last: $0, best: $0) }
                }, problem: nil)
        }
    }
}

/// The event files below a folder, each with its own folder. Links are not followed.
private func eventFiles(below folder: String) throws(CellarError) -> [(folder: String, file: String)] {
    var (found, waiting) = (
        [(folder: String, file: String)](),
        [folder.hasSuffix("/") && folder.count > 1 ? String(folder.dropLast()) : folder]
    )
    while let folder = waiting.popLast() {
        for (name, kind) in try FileSystem.entries(of: folder) {
            let path = folder + "/" + name
            switch kind {
            case .folder: waiting.append(path)
            case .file where name.contains("tfevents"): found.append((folder, path))
            default: continue
            }
        }
    }
    return found
}

private func loggedRun(_ name: String, _ files: [(part: String, file: String)]) -> LoggedRun {
    var (parts, problems) = ([String: EventScalars](), [String]())
    var read: [(part: String, scalars: EventScalars)] = []
    for (part, file) in files.sorted(by: { $0.file < $1.file }) {
        var scalars = EventScalars()
        do throws(CellarError) { try scalars.read(file: file) } catch {
            let sentence = error.message
            problems.append(
                "\(FileSystem.name(of: file)): \(sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence)"
            )
        }
        read.append((part, scalars))
    }
    for (part, scalars) in read.sorted(by: { $0.scalars.began ?? 0 < $1.scalars.began ?? 0 }) {
        if let began = scalars.began, let step = restart(scalars, after: parts[part], part: part) {
            // The files of the other part have been written by the same trainings.
            for part in parts.keys { parts[part]?.remove(fromStep: step, before: began) }
            problems.append(
                "a training began again at step \(step); what an earlier one logged from there on is left out"
            )
        }
        parts[part, default: EventScalars()].add(scalars)
    }
    let (common, latest) = lastStep(of: parts)
    if let common, let latest, common < latest {
        problems.append(
            "the last figures are those of step \(common), the last one with both training and validation")
    }
    var metrics: [(name: String, last: Double, best: Double)] = []
    var (epochs, known) = (0, Set<String>())
    // A run may have a number twice: by the epoch and by the batch, or beside the folders of its parts. The epoch's counts, and
    // that of a part.
    for (part, scalars) in parts.sorted(by: { $0.key > $1.key }) {
        let tags = scalars.points.sorted {
            ($0.key.hasPrefix("epoch_") ? 0 : 1, $0.key) < ($1.key.hasPrefix("epoch_") ? 0 : 1, $1.key)
        }
        for (tag, points) in tags {
            guard let metric = metric(of: tag, part: part), let last = points.max(by: { $0.step < $1.step })
            else { continue }
            guard known.insert(metric).inserted else { continue }
            let values = points.map(\.value).filter(\.isFinite)
            let best: Double? =
                switch MetricName.direction(of: metric) {
                case .lowest: values.min()
                case .highest: values.max()
                case nil: nil
                }
            let shown = points.last { $0.step == common } ?? last
            metrics.append((metric, shown.value, best ?? .nan))
            epochs = max(epochs, Set(points.map(\.step)).count)
        }
    }
    metrics.sort {
        ($0.name.hasPrefix("val_") ? 1 : 0, $0.name) < ($1.name.hasPrefix("val_") ? 1 : 0, $1.name)
    }
    let began = parts.values.compactMap(\.began).min()
    return LoggedRun(
        name: name, isVersion: false, began: began.map(isoTime) ?? "", epochs: epochs == 0 ? nil : epochs,
        metrics: metrics, problem: problems.isEmpty ? nil : problems.joined(separator: "; "))
}

/// The last step with a value of each metric that both training and validation have, so that figures side by side come from one
/// epoch, and the last of any of these metrics; nil where no step has them all.
private func lastStep(of parts: [String: EventScalars]) -> (common: Int?, latest: Int?) {
    var steps: [String: Set<Int>] = [:]
    for (part, scalars) in parts {
        for (tag, points) in scalars.points {
            guard let metric = metric(of: tag, part: part) else { continue }
            steps[metric, default: []].formUnion(points.map(\.step))
        }
    }
    let pairs = steps.filter { name, _ in
        name.hasPrefix("val_") ? steps[String(name.dropFirst(4))] != nil : steps["val_" + name] != nil
    }.values
    guard let first = pairs.first else { return (nil, nil) }
    return (pairs.reduce(first) { $0.intersection($1) }.max(), pairs.compactMap { $0.max() }.max())
}

/// The step at which a later file of the same folder begins again; nil if it goes on, or has other numbers.
private func restart(_ later: EventScalars, after earlier: EventScalars?, part: String) -> Int? {
    later.points.compactMap { tag, points -> Int? in
        guard metric(of: tag, part: part) != nil, let last = earlier?.points[tag]?.map(\.step).max(),
            let first = points.map(\.step).min(), first <= last
        else { return nil }
        return first
    }.min()
}

/// The metric of an epoch that a tag stands for: `epoch_loss` in the folder `validation` is `val_loss`; nil for other tags, such
/// as those of batches.
private func metric(of tag: String, part: String) -> String? {
    if tag.hasPrefix("batch_") || tag.hasPrefix("evaluation_") || tag.hasPrefix("_hparams_") { return nil }
    // Keras 2.2 wrote `val_loss` and `acc` without a folder for each part.
    let name = tag.hasPrefix("epoch_") ? String(tag.dropFirst(6)) : tag
    return part == "validation" ? "val_" + name : name
}

private func isoTime(_ seconds: Double) -> String {
    // Far dates of damaged clocks must not overflow.
    guard seconds.isFinite, (0...4e10).contains(seconds) else { return "" }
    return Date(timeIntervalSince1970: seconds.rounded(.down)).ISO8601Format()
}
