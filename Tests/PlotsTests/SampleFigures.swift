@testable import Plots

/// Figures of every kind, also with the data and names that are hard to draw.
enum SampleFigures {
    static let all: [(name: String, figure: Figure)] = [
        ("history", history(epochs: 30)), ("history-1-epoch", history(epochs: 1)),
        ("history-1000-epochs", history(epochs: 1_000)), ("history-nan", historyWithGaps),
        ("confusion-2", confusion(2)), ("confusion-10", confusion(10)), ("confusion-40", confusion(40)),
        ("bars-names", names), ("bars-groups", groups), ("boxes", boxes), ("histograms", histograms),
        ("pictures", pictures), ("heat-map", heatMap), ("correlations", correlations), ("parallel", parallel),
        ("lineage", lineage), ("curves", curves), ("many-series", manySeries), ("nothing", nothing),
    ]

    /// A sequence that is the same on every machine.
    private static func numbers(_ count: Int, seed: Int = 1) -> [Double] {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24)
        }
    }

    static func history(epochs: Int) -> Figure {
        let noise = numbers(4 * epochs)
        func curve(_ end: Double, _ start: Double, _ part: Int) -> [Double] {
            (0..<epochs).map {
                end + (start - end) / (1 + Double($0) * 0.4) + (noise[part * epochs + $0] - 0.5) * 0.01
            }
        }
        let epoch = PlotAxis("epoch", isIntegral: true)
        let best = PlotRule(
            .vertical, at: Double(max(1, epochs * 3 / 4)), label: "best epoch \(max(1, epochs * 3 / 4))")
        return Figure(
            title: "mnist:1", subtitle: "loss and accuracy of each epoch",
            panels: [
                FigurePanel(
                    title: "loss", x: epoch,
                    marks: [
                        .rule(best), .line(PlotLine(name: "training", values: curve(0.02, 0.8, 0))),
                        .line(PlotLine(name: "validation", values: curve(0.07, 0.5, 1), paint: .series(1))),
                    ]),
                FigurePanel(
                    title: "accuracy", x: epoch,
                    marks: [
                        .rule(best), .line(PlotLine(name: "training", values: curve(0.99, 0.8, 2))),
                        .line(PlotLine(name: "validation", values: curve(0.975, 0.88, 3), paint: .series(1))),
                    ]),
            ])
    }

    static var historyWithGaps: Figure {
        Figure(
            title: "loss that is not a number",
            panels: [
                FigurePanel(
                    x: PlotAxis("epoch", isIntegral: true), y: PlotAxis("loss"),
                    marks: [
                        .line(
                            PlotLine(
                                name: "training", values: [0.9, 0.5, .nan, .nan, 0.4, .infinity, 0.3, 0.2])),
                        .line(
                            PlotLine(
                                name: "validation", values: [.nan, .nan, 0.6, .nan, .nan, .nan, .nan, .nan],
                                paint: .series(1))),
                    ])
            ])
    }

    static func confusion(_ classes: Int) -> Figure {
        let noise = numbers(classes * classes, seed: classes)
        let counts = (0..<classes * classes).map { index -> Double in
            index / classes == index % classes
                ? 900 + (noise[index] * 100).rounded()
                : noise[index] > 0.6 ? (noise[index] * 12).rounded() : 0
        }
        let names = (0..<classes).map {
            classes == 2 ? ["bad", "good"][$0] : classes == 10 ? "\($0)" : "class \($0)"
        }
        return Figure(
            title: "Confusion matrix of \(classes) classes",
            panels: [
                FigurePanel(
                    x: .categories(names, label: "predicted"),
                    y: .categories(names, label: "actual", isReversed: true),
                    marks: [
                        .cells(
                            PlotCells(
                                columns: classes, values: counts,
                                texts: counts.map { $0 == 0 ? "" : shortNumber($0) },
                                scale: .sequential(0...1000)))
                    ])
            ])
    }

    static let hardNames = [
        "setosa", "Iris versicolor of the northern marshes, collected in 1936", "צמח השדה", "قطط منزلية",
        "日本語の長いクラス名です",
        "Ελληνικά", "naïve café", "👩‍🔬 scientist", "a\u{202E}b<script>&\"", "",
    ]

    static var names: Figure {
        let values = numbers(hardNames.count, seed: 5)
        return Figure(
            title: "Names: עברית, العربية, 中文, <b>&",
            summary: "Bars for classes with names in several scripts.",
            panels: [
                FigurePanel(
                    title: "level, slanted", x: .categories(hardNames),
                    y: PlotAxis("share", includesZero: true, format: .percent),
                    marks: [.bars(PlotBars(values: values))]),
                FigurePanel(
                    title: "at the side", x: PlotAxis("share"), y: .categories(hardNames, isReversed: true),
                    marks: [
                        .bars(
                            PlotBars(
                                values: values, paint: .series(2), isHorizontal: true,
                                labels: values.map { shortNumber($0) }))
                    ]),
            ], legend: hardNames.enumerated().map { LegendEntry($1, .series($0), .area) })
    }

    static var groups: Figure {
        let metrics = ["accuracy", "val_accuracy", "test_accuracy", "f1"]
        return Figure(
            title: "Metrics side by side",
            panels: [
                FigurePanel(
                    x: .categories(metrics), y: PlotAxis("value", range: 0...1),
                    marks: (0..<4).map { version in
                        .bars(
                            PlotBars(
                                name: "mnist:\(version + 1)",
                                values: numbers(4, seed: version + 9).map { 0.6 + $0 * 0.4 },
                                paint: .series(version),
                                labels: version == 0 ? ["0.98", "0.97", "0.96", "0.95"] : []))
                    })
            ])
    }

    static var boxes: Figure {
        let boxes = (0..<3).map { group -> PlotBox in
            let shift = Double(group)
            let outliers: [Double] = [13.5 + shift, 14 + shift, 15.9 + shift]
            return PlotBox(
                at: shift, lowWhisker: 4 + shift, lowQuartile: 6.5 + shift, median: 7.5 + shift,
                highQuartile: 9 + shift, highWhisker: 12 + shift, outliers: outliers, paint: .series(group))
        }
        return Figure(
            title: "Fixed acidity by class",
            panels: [
                FigurePanel(
                    x: .categories(["bad", "good", "日本"]), y: PlotAxis("fixed acidity"),
                    marks: [.boxes(boxes)]),
                FigurePanel(
                    x: PlotAxis("fixed acidity"),
                    y: .categories(["bad", "good", "very good"], isReversed: true),
                    marks: [
                        .boxes(
                            boxes.map { box in
                                var box = box
                                box.isHorizontal = true
                                return box
                            })
                    ]),
            ], columns: 2)
    }

    private static func bell(seed: Int) -> [Double] {
        numbers(20, seed: seed).enumerated().map { index, noise -> Double in
            let distance = (Double(index) - 8) / 4
            return (noise * 60 + 200 / (1 + distance * distance * distance * distance)).rounded()
        }
    }

    static var histograms: Figure {
        let panels = (0..<6).map { index in
            FigurePanel(
                title: [
                    "fixed acidity", "volatile acidity", "citric acid", "residual sugar", "chlorides",
                    "a column with a very long name",
                ][index],
                marks: [
                    .histogram(
                        PlotHistogram(
                            name: "all", edges: (0...20).map { Double($0) * power(10, Double(index - 2)) },
                            counts: bell(seed: index + 3),
                            paint: .series(7))),
                    .histogram(
                        PlotHistogram(
                            name: "good", edges: (0...20).map { Double($0) * power(10, Double(index - 2)) },
                            counts: numbers(20, seed: index + 30).map { ($0 * 60).rounded() },
                            paint: .series(1), isOutline: true)),
                ], height: 150)
        }
        return Figure(title: "Histograms", panels: panels, columns: 3)
    }

    static func digit(_ seed: Int) -> PixelImage {
        PixelImage(
            columns: 28, rows: 28, channels: 1,
            values: (0..<784).map { index in
                let (x, y) = (Double(index % 28) - 14, Double(index / 28) - 14)
                let radius = (x * x * 1.6 + y * y).squareRoot()
                return UInt8(max(0, min(255, 255 * (1 - abs(radius - 8 - Double(seed % 3)) / 2.5))))
            })
    }

    static var pictures: Figure {
        Figure(
            title: "Mistakes",
            panels: (0..<8).map { index in
                FigurePanel(
                    x: .hidden, y: .hidden,
                    marks: [.image(PlotImage(digit(index), caption: "predicted 7, actual 1", frame: .muted))])
            }, columns: 4)
    }

    static var heatMap: Figure {
        let values = digit(1).values.map { Double($0) / 255 }
        return Figure(
            title: "What the network saw",
            panels: [
                FigurePanel(
                    x: .hidden, y: PlotAxis(isHidden: true, isReversed: true),
                    marks: [
                        .cells(
                            PlotCells(
                                columns: 28, values: values,
                                texts: values.map {
                                    $0 == 0 ? "0" : $0 == 1 ? "1" : String("\(Int(($0 * 100).rounded()))")
                                },
                                scale: .sequential(0...1)))
                    ])
            ], width: 720)
    }

    static var correlations: Figure {
        let names = [
            "fixed acidity", "volatile acidity", "citric acid", "residual sugar", "chlorides", "pH",
            "alcohol",
        ]
        let noise = numbers(49, seed: 77)
        let values = (0..<49).map { index -> Double in
            let (row, column) = (index / 7, index % 7)
            return row == column ? 1 : noise[min(row, column) * 7 + max(row, column)] * 1.6 - 0.8
        }
        return Figure(
            title: "Correlations",
            panels: [
                FigurePanel(
                    x: .categories(names), y: .categories(names, isReversed: true),
                    marks: [
                        .cells(
                            PlotCells(
                                columns: 7, values: values,
                                texts: values.map { shortNumber(($0 * 100).rounded() / 100) },
                                scale: .diverging(1)))
                    ])
            ])
    }

    static var parallel: Figure {
        let count = 6
        return Figure(
            title: "Hyper-parameters",
            panels: [
                FigurePanel(marks: [
                    .parallel(
                        ParallelPlot(
                            items: (0..<count).map { .init("wine:\($0 + 1)", paint: .series($0)) },
                            dimensions: [
                                .init(
                                    "learning rate",
                                    .numbers([0.1, 0.01, 0.001, 0.01, .nan, 0.0001], isLogarithmic: true)),
                                .init("batch size", .numbers([32, 64, 32, 128, 64, 32])),
                                .init("optimizer", .names(["adam", "sgd", "adam", nil, "rmsprop", "adam"])),
                                .init("layers", .numbers([2, 2, 2, 2, 2, 2])),
                                .init(
                                    "a hyper-parameter with a long name",
                                    .names([
                                        "relu", "tanh", "relu", "relu", "selu", "leaky relu of a long name",
                                    ])),
                                .init(
                                    "val_accuracy", .numbers(numbers(count, seed: 4).map { 0.7 + $0 * 0.2 })),
                            ]))
                ])
            ])
    }

    static var lineage: Figure {
        Figure(
            title: "Lineage of mnist:3",
            panels: [
                FigurePanel(marks: [
                    .graph(
                        NodeGraph(
                            nodes: [
                                .init(["data/mnist", "60,000 rows"], paint: .series(2)),
                                .init(["mnist:1", "val_accuracy 0.981"]),
                                .init(["mnist:2"]),
                                .init(["mnist:3", "2026-11-22", "@production"], isEmphasized: true),
                                .init(["mnist:4"]),
                                .init([
                                    "mnist:5 with a name that is long, and longer than the figure would allow for it"
                                ]),
                            ],
                            edges: [
                                .init(from: 0, to: 1), .init(from: 1, to: 2, label: "resumed-from"),
                                .init(from: 2, to: 3, label: "resumed-from"),
                                .init(from: 3, to: 4, label: "checkpoint-of", isDashed: true),
                                .init(from: 3, to: 5, label: "imported-from"),
                            ]))
                ])
            ])
    }

    static var curves: Figure {
        let diagonal = PlotLine(
            points: [PlotPoint(0, 0), PlotPoint(1, 1)], paint: .muted, isDashed: true, width: 1)
        let steps = (0...20).map { PlotPoint(Double($0) / 20, 1 - power(1 - Double($0) / 20, 3)) }
        return Figure(
            title: "Curves",
            panels: [
                FigurePanel(
                    title: "ROC", x: PlotAxis("false positive rate", range: 0...1),
                    y: PlotAxis("true positive rate", range: 0...1),
                    marks: [
                        .line(diagonal), .line(PlotLine(name: "steps", points: steps, isStep: true)),
                        .rule(PlotRule(.horizontal, at: 0.8, label: "0.8")),
                        .text(PlotText("AUC 0.95", at: PlotPoint(0.6, 0.3))),
                    ], height: 280),
                FigurePanel(
                    title: "calibration", x: PlotAxis("learning rate", scale: .logarithmic),
                    y: PlotAxis("loss", scale: .logarithmic),
                    marks: [
                        .points(
                            PlotPoints(
                                name: "bins",
                                points: (1...9).map {
                                    PlotPoint(power(10, -Double($0) / 2), Double($0) * 0.1)
                                }, paint: .series(1), shape: .diamond)),
                        .segments(
                            PlotSegments(
                                (1...9).map {
                                    .init(
                                        PlotPoint(power(10, -Double($0) / 2), Double($0) * 0.08),
                                        PlotPoint(power(10, -Double($0) / 2), Double($0) * 0.12))
                                }, hasCaps: true)),
                    ], height: 280),
            ], columns: 2)
    }

    static var manySeries: Figure {
        Figure(
            title: "40 series",
            panels: [
                FigurePanel(
                    x: PlotAxis("epoch", isIntegral: true), y: PlotAxis("loss"),
                    marks: (0..<40).map { series in
                        .line(
                            PlotLine(
                                name: "model-with-a-name:\(series + 1)",
                                values: (1...12).map { 1 / Double($0) + Double(series) * 0.05 },
                                paint: .series(series)))
                    })
            ])
    }

    static var nothing: Figure {
        Figure(
            title: "",
            panels: [FigurePanel(title: "no data", marks: [.line(PlotLine(values: [.nan]))]), FigurePanel()],
            columns: 2)
    }
}
