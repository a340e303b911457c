import Base
import Datasets
import Foundation
import Infer
import Plots

extension Store {
    /// Writes the pages and the parts of a report, beside the files that the evaluation itself wrote.
    func writePages(
        _ evaluations: [Evaluation], _ request: EvaluateRequest, folder: String, folders: [String],
        progress: ProgressReporter
    ) throws(CellarError) {
        let dataDigest = digest(ofData: request)
        let printer = PicturePrinter()
        for (evaluation, own) in zip(evaluations, folders) {
            var settings = EvaluationReport.Settings()
            settings.positive = request.positive
            settings.facts = facts(about: evaluation) + [("data", request.files.joined(separator: ", "))]
            if let dataDigest { settings.facts.append(("SHA-256 of the data", dataDigest)) }
            settings.facts += [("rows", "\(evaluation.count)"), ("evaluated", Date().ISO8601Format())]
            let report = try EvaluationReport(evaluation, settings)
            try write(report.page, report.parts, to: own, printer)
        }
        if evaluations.count > 1 {
            var facts = [("data", request.files.joined(separator: ", "))]
            if let dataDigest { facts.append(("SHA-256 of the data", dataDigest)) }
            facts += [("rows", "\(evaluations[0].count)"), ("evaluated", Date().ISO8601Format())]
            let names = folders.map { FileSystem.name(of: $0) }
            let report = try ComparisonReport(
                evaluations, folders: names, positive: request.positive, facts: facts)
            try write(report.page, report.parts, to: folder, printer)
        }
        if let problem = printer.problem { progress.warn("no PNG files were written: \(problem)") }
    }

    private func write(
        _ page: HTMLPage, _ parts: [ReportPart], to folder: String, _ printer: PicturePrinter
    ) throws(CellarError) {
        try FileSystem.makeFolder(folder)
        for part in parts { try part.write(to: folder, png: printer.png) }
        try writeFile(folder + "/report.html", Array(page.html.utf8))
    }

    private func facts(about evaluation: Evaluation) -> [(name: String, value: String)] {
        var facts = [("model", evaluation.model)]
        if let file = try? models.file(of: evaluation.model) {
            facts.append(("file", file.path))
            if let digest = file.sha256 ?? (try? FileDigest(ofFile: file.path).sha256) {
                facts.append(("SHA-256 of the model", digest))
            }
        }
        return facts
    }

    /// The digest of a table, an array or the files of a folder; nil for standard input.
    func digest(ofData request: EvaluateRequest) -> String? {
        let path = request.data
        if path == "-" { return nil }
        guard FileSystem.isFolder(path) else {
            return try? DatasetDigest.files([path] + request.moreInputs + request.labels)
        }
        guard let entries = try? FileSystem.entries(of: path) else { return nil }
        let files = entries.map { path + "/" + $0.name }.filter {
            !FileSystem.isFolder($0)
        }
        return files.isEmpty ? nil : try? DatasetDigest.files(inRecipeOrder(files))
    }
}

/// The training files first, as a recipe's data have them, so that the digest of MNIST's folder is the one in model files.
private func inRecipeOrder(_ files: [String]) -> [String] {
    func isTraining(_ path: String) -> Bool { FileSystem.name(of: path).hasPrefix("train") }
    return files.filter(isTraining).sorted() + files.filter { !isTraining($0) }.sorted()
}

/// Draws PNG files, as long as that is possible.
private final class PicturePrinter {
    /// The reason why no pictures are drawn.
    private(set) var problem: String?

    func png(_ figure: Figure) throws(CellarError) -> [UInt8]? {
        guard problem == nil else { return nil }
        do { return try figure.file(.png) } catch {
            // The report is complete without: the page and the SVG files have the same pictures.
            guard error.category == .cannotCreate else { throw error }
            problem = error.message
            return nil
        }
    }
}
