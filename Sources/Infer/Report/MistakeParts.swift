import Base
import MetricFigures
import Plots

/// The mistakes of which the model is most sure.
func mistakesPart(_ outcome: EvaluationDetails.Classes, _ details: EvaluationDetails) -> ReportPart {
    var part = ReportPart("mistakes", "Most confident mistakes")
    let wrong = outcome.isRight.count { !$0 }
    part.texts = [
        wrong == 0
            ? "No row is predicted wrong."
            : "\(wrong) of \(outcome.truth.count) rows are predicted wrong. These are the \(details.worst.count) of which the model is most sure."
    ]
    guard !details.worst.isEmpty else { return part }
    func caption(_ row: WorstRow) -> String {
        "predicted \(outcome.names[Int(outcome.prediction[row.index])]), actual \(outcome.names[Int(outcome.truth[row.index])])"
    }
    if let picture = details.picture {
        let pictures = details.worst.compactMap { row in
            pixels(row.sample, picture).map { CaptionedPicture($0, caption: caption(row)) }
        }
        if !pictures.isEmpty {
            part.figures = [
                ("", pictureSheet(pictures, title: "Mistakes", subtitle: "the most confident first"))
            ]
        }
    }
    let hasSeen = details.seen != nil
    let hasColumns = !details.columns.isEmpty
    part.tables = [
        (
            "",
            HTMLTable(
                caption: "Rows of the data, counted from 1",
                columns: ["row", "predicted", "actual", outcome.kind.rawValue, "of the actual class"]
                    + (hasSeen ? ["met in training"] : []) + (hasColumns ? ["most unusual columns"] : []),
                rows: details.worst.map { row in
                    let (prediction, truth) = (
                        Int(outcome.prediction[row.index]), Int(outcome.truth[row.index])
                    )
                    return [
                        "\(details.rows[row.index])", outcome.names[prediction], outcome.names[truth],
                        Double(outcome.score(row.index, of: prediction)).fixed(4),
                        Double(outcome.score(row.index, of: truth)).fixed(4),
                    ] + (hasSeen ? [details.seen?[row.index] == true ? "yes" : "no"] : [])
                        + (hasColumns ? [unusual(row, details.columns)] : [])
                }, textColumns: [1, 2, 5, hasSeen ? 6 : 5])
        )
    ]
    part.json = .array(
        details.worst.map { row in
            let prediction = Int(outcome.prediction[row.index])
            var object: JSONObject = [
                "row": .integer(details.rows[row.index]), "predicted": .string(outcome.names[prediction]),
                "actual": .string(outcome.names[Int(outcome.truth[row.index])]),
            ]
            object[outcome.kind.rawValue] = JSON(outcome.score(row.index, of: prediction))
            return .object(object)
        })
    return part
}

/// The three columns whose values are farthest from their means, in standard deviations.
func unusual(_ row: WorstRow, _ columns: [ColumnStatistics]) -> String {
    guard row.sample.count == columns.count else { return "" }
    let distances = columns.indices.map { columns[$0].distance(of: Double(row.sample[$0])) }
    return distances.indices.sorted { abs(distances[$0]) > abs(distances[$1]) }.prefix(3).map { column in
        let distance = distances[column]
        return
            "\(columns[column].name) \(row.sample[column]) (\(abs(distance).fixed(1)) s.d. \(distance < 0 ? "below" : "above"))"
    }.joined(separator: "; ")
}

/// The pixels of a sample; nil if its size is another one.
func pixels(_ sample: [Float], _ picture: ModelFacts.Picture) -> PixelImage? {
    guard sample.count == picture.height * picture.width * picture.channels else { return nil }
    let bytes = sample.map { UInt8(max(0, min(255, ($0.isFinite ? $0 : 0) / picture.white * 255))) }
    if picture.channels == 3 {
        return PixelImage(columns: picture.width, rows: picture.height, channels: 3, values: bytes)
    }
    return PixelImage(
        columns: picture.width, rows: picture.height, channels: 1,
        values: stride(from: 0, to: bytes.count, by: picture.channels).map { bytes[$0] })
}
