import Base

/// A summary of a data set, shown before training starts.
public struct DataSummary: Equatable, Sendable, CustomStringConvertible {
    public var name: String
    public var samples: Int
    /// The shape of one sample.
    public var shape: [Int]
    /// The column names, if the data have them.
    public var features: [String]
    /// Nil for a regression.
    public var classes: ClassDistribution?
    /// Nil if the data are not a table.
    public var missing: MissingValues?
    /// A line for each column with several units beside its numbers: how they are converted.
    public var units: [String] = []
    /// Nil if the data are not pictures.
    public var picture: ModelFacts.Picture?

    public init(
        name: String, samples: Int, shape: [Int], features: [String] = [], classes: ClassDistribution? = nil,
        missing: MissingValues? = nil
    ) {
        (self.name, self.samples, self.shape) = (name, samples, shape)
        (self.features, self.classes, self.missing) = (features, classes, missing)
    }

    public init(name: String, _ data: LabelledSamples, picture: ModelFacts.Picture? = nil) {
        self.init(
            name: name, samples: data.samples.count, shape: data.samples.shape,
            classes: ClassDistribution(classes: data.classes, labels: data.labels))
        self.picture = picture
    }

    public var description: String {
        var lines = ["\(name): \(samples) samples of \(shape.map(String.init).joined(separator: "×"))"]
        if let picture { lines.append("pictures: \(picture.description)") }
        if !features.isEmpty { lines.append("features: \(features.joined(separator: ", "))") }
        if let missing { lines.append(missing.description) }
        lines += units
        if let classes { lines.append(classes.description) }
        return lines.joined(separator: "\n")
    }
}
