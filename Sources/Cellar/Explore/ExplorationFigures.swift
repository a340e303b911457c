import Base
import Datasets
import Plots
import Tensors

/// The figures of an exploration; nil or empty where the data have no such thing.
extension DataExploration {
    private static let mostPanels = 60
    private static let mostClasses = 12

    /// The columns with numbers, as far as figures have room.
    private var drawn: [ExploredColumn] {
        Array(columns.filter { $0.numbers != nil }.prefix(Self.mostPanels))
    }

    public var classFigure: Figure? {
        guard let classes, !classes.classes.isEmpty else { return nil }
        let total = Double(max(classes.total, 1))
        let labels = classes.counts.map {
            "\(shortNumber(Double($0))) (\((Double($0) / total * 100).fixed(1)) %)"
        }
        return Figure(
            title: "Classes" + (target.map { " of \($0)" } ?? ""),
            subtitle: classes.verdict,
            summary: zip(classes.classes, classes.counts).map { "\($0): \($1)" }.joined(separator: ", ")
                + "; " + classes.verdict,
            panels: [
                FigurePanel(
                    x: PlotAxis(isHidden: true), y: .categories(classes.classes, isReversed: true),
                    marks: [
                        .bars(
                            PlotBars(
                                values: classes.counts.map(Double.init), isHorizontal: true, labels: labels))
                    ], height: 20 + 22 * Double(classes.classes.count))
            ])
    }

    /// A histogram of each column, with the classes over each other where they are few.
    public var histogramFigure: Figure? {
        let shown = drawn + (targetNumbers.map { [$0] } ?? [])
        guard !shown.isEmpty else { return nil }
        let panels = shown.map { column -> FigurePanel in
            let histogram = column.numbers?.histogram ?? ValueHistogram([], edges: [])
            var marks: [PlotMark] = [
                .histogram(
                    PlotHistogram(
                        name: "all rows", edges: histogram.edges, counts: histogram.counts.map(Double.init),
                        paint: .ramp(4)))
            ]
            if let classes, classes.classes.count <= 4, labels.count == column.values.count {
                for (number, name) in classes.classes.enumerated() {
                    let values = zip(column.values, labels).filter { $1 == number }.map(\.0)
                    let counts = ValueHistogram(values, edges: histogram.edges).counts
                    marks.append(
                        .histogram(
                            PlotHistogram(
                                name: name, edges: histogram.edges, counts: counts.map(Double.init),
                                paint: .series(number), isOutline: true)))
                }
            }
            return FigurePanel(title: column.name, marks: marks, height: 150)
        }
        return Figure(
            title: "Histograms", subtitle: cut, summary: "The distribution of each column of numbers.",
            panels: panels,
            columns: 3, width: 900)
    }

    /// A box plot of each column, with a box for each class.
    public var boxFigure: Figure? {
        guard !drawn.isEmpty else { return nil }
        let groups: [(name: String, number: Int?)] =
            if let classes, labels.count == rowCount, (2...Self.mostClasses).contains(classes.classes.count) {
                classes.classes.enumerated().map { ($1, $0) }
            } else {
                [("all", nil)]
            }
        let panels = drawn.map { column -> FigurePanel in
            let boxes = groups.enumerated().compactMap { place, group -> PlotBox? in
                let values = group.number.map { number in
                    zip(column.values, labels).filter { $1 == number }.map(\.0)
                }
                guard let numbers = NumberSummary(values ?? column.values) else { return nil }
                return PlotBox(
                    at: Double(place), lowWhisker: numbers.lowWhisker, lowQuartile: numbers.lowQuartile,
                    median: numbers.median, highQuartile: numbers.highQuartile,
                    highWhisker: numbers.highWhisker,
                    outliers: Self.thinned(numbers.outliers), paint: .series(place), isHorizontal: true)
            }
            return FigurePanel(
                title: column.name, y: .categories(groups.map(\.name), isReversed: true),
                marks: [.boxes(boxes)],
                height: 54 + 26 * Double(groups.count))
        }
        return Figure(
            title: "Box plots" + (groups.count > 1 ? " by \(target ?? "class")" : ""), subtitle: cut,
            summary: "Median, quartiles, whiskers and outliers of each column.", panels: panels, columns: 2,
            width: 900)
    }

    /// Many outliers would be a line of circles on each other, and a large page.
    private static func thinned(_ outliers: [Double]) -> [Double] {
        outliers.count <= 200
            ? outliers : (0..<200).map { outliers[$0 * (outliers.count - 1) / 199] }
    }

    private var cut: String {
        let count = columns.count { $0.numbers != nil }
        return count > Self.mostPanels ? "the first \(Self.mostPanels) of \(count) columns" : ""
    }

    public var correlationFigure: Figure? {
        guard let (names, values) = correlations, names.count > 1 else { return nil }
        let count = min(names.count, 40)
        let shown = (0..<count).flatMap { row in (0..<count).map { values[row * names.count + $0] } }
        let strongest = strongestCorrelations.prefix(3).map {
            "\($0.first) and \($0.second) \($0.value.fixed(2))"
        }
        return Figure(
            title: "Correlations",
            subtitle: names.count > count ? "the first \(count) of \(numericCount) columns" : "",
            summary:
                "Pearson's correlation of each pair of columns\(correlationsAreCut ? ", of the first \(mostCorrelated)" : ""); the strongest: \(strongest.joined(separator: ", ")).",
            panels: [
                FigurePanel(
                    x: .categories(Array(names.prefix(count))),
                    y: .categories(Array(names.prefix(count)), isReversed: true),
                    marks: [
                        .cells(
                            PlotCells(
                                columns: count, values: shown,
                                texts: shown.map { $0.isNaN ? "" : $0.fixed(2) },
                                scale: .diverging(1)))
                    ])
            ], width: count > 8 ? 900 : 640)
    }

    public var missingFigure: Figure? {
        let missing = columns.filter { $0.missing > 0 }.sorted { $0.missing > $1.missing }.prefix(40)
        guard !missing.isEmpty else { return nil }
        return Figure(
            title: "Missing values",
            summary: missing.map { "\($0.name): \($0.missing)" }.joined(separator: ", "),
            panels: [
                FigurePanel(
                    x: PlotAxis(isHidden: true), y: .categories(missing.map(\.name), isReversed: true),
                    marks: [
                        .bars(
                            PlotBars(
                                values: missing.map { Double($0.missing) }, paint: .series(1),
                                isHorizontal: true,
                                labels: missing.map {
                                    "\($0.missing) (\((Double($0.missing) / Double(max(rowCount, 1)) * 100).fixed(1)) %)"
                                }))
                    ], height: 20 + 22 * Double(missing.count))
            ])
    }

    /// Samples of each class in a row.
    public var sheetFigure: Figure? {
        guard let pictures else { return nil }
        let names = classes?.classes ?? ["all"]
        let rows = Array(zip(names, pictures.thumbnails).prefix(20))
        let most = rows.map(\.1.count).max() ?? 0
        guard most > 0 else { return nil }
        var marks: [PlotMark] = []
        for (row, (_, thumbnails)) in rows.enumerated() {
            for (column, thumbnail) in thumbnails.enumerated() {
                let image = PixelImage(
                    columns: thumbnail.width, rows: thumbnail.height, channels: thumbnail.channels,
                    values: thumbnail.pixels
                ).shrunk(toSide: 64)
                // As wide or as high as its place, in its own proportions.
                let longer = Double(max(image.columns, image.rows))
                let (wide, high) = (0.92 * Double(image.columns) / longer, 0.92 * Double(image.rows) / longer)
                marks.append(
                    .image(
                        PlotImage(
                            image, x: Double(column) - wide / 2, y: Double(row) - high / 2, width: wide,
                            height: high)))
            }
        }
        let side = 64.0
        return Figure(
            title: "Samples by class",
            subtitle: names.count > 20 ? "the first 20 of \(names.count) classes" : "",
            summary: "The first \(most) pictures of each class.",
            panels: [
                FigurePanel(
                    x: PlotAxis(range: -0.5...(Double(most) - 0.5), isHidden: true),
                    y: .categories(rows.map(\.0), isReversed: true), marks: marks,
                    height: side * Double(rows.count))
            ], width: max(320, side * Double(most) + 130))
    }

    /// The picture that was asked for, and a grey one as a heat map with its values.
    public var sampleFigure: Figure? {
        guard let picture = pictures?.sample, let number = sampleNumber else { return nil }
        let image = PixelImage(
            columns: picture.width, rows: picture.height, channels: picture.channels, values: picture.pixels)
        let label = number <= labels.count ? classes?.classes[labels[number - 1]] : nil
        let panel = FigurePanel(
            title: "picture", x: .hidden, y: .hidden,
            marks: [.image(PlotImage(image.shrunk(toSide: 640), frame: .grid))],
            height: 320)
        let shape = [picture.height, picture.width] + (picture.channels == 1 ? [] : [3])
        let values = Figure.input(Samples(shape: shape, bytes: picture.pixels), title: "values")
        return Figure(
            title: "\(name), picture \(number)" + (label.map { ": \($0)" } ?? ""),
            summary: "Picture \(number), \(picture.width)×\(picture.height).",
            panels: [panel] + (values.map { [$0] } ?? []),
            width: 720)
    }

    public var brightnessFigure: Figure? {
        guard let pictures, let all = NumberSummary(pictures.brightness) else { return nil }
        var panels = [
            FigurePanel(
                title: "all pictures", x: PlotAxis("mean of the pixels, 0 is black and 1 white"),
                marks: [
                    .histogram(
                        PlotHistogram(
                            edges: all.histogram.edges, counts: all.histogram.counts.map(Double.init)))
                ], height: 200)
        ]
        if let classes, labels.count == pictures.count, (2...40).contains(classes.classes.count) {
            let boxes = classes.classes.indices.compactMap { number -> PlotBox? in
                let values = zip(pictures.brightness, labels).filter { $1 == number }.map(\.0)
                guard let numbers = NumberSummary(values) else { return nil }
                return PlotBox(
                    at: Double(number), lowWhisker: numbers.lowWhisker, lowQuartile: numbers.lowQuartile,
                    median: numbers.median, highQuartile: numbers.highQuartile,
                    highWhisker: numbers.highWhisker,
                    outliers: Self.thinned(numbers.outliers), paint: .series(number), isHorizontal: true)
            }
            panels.append(
                FigurePanel(
                    title: "by class", x: PlotAxis("mean of the pixels"),
                    y: .categories(classes.classes, isReversed: true),
                    marks: [.boxes(boxes)]))
        }
        return Figure(
            title: "Brightness",
            summary: "The mean brightness of the pictures, \(shortNumber(all.mean)) on average.",
            panels: panels)
    }
}

extension ClassDistribution {
    /// `balanced: largest to smallest class 1.15`.
    public var verdict: String { description.split(separator: "\n").last.map(String.init) ?? "" }
}
