import Base
import Plots
import Registry

extension Figure {
    /// Loss, metrics and learning rate over the epochs. One version has colours for training and validation; of several, each has a
    /// colour, and training is dashed.
    public init(history courses: [TrainingCourse]) {
        let isAlone = courses.count == 1
        let names = courses.map(\.reference)
        self.init(
            title: isAlone ? "Training of \(names[0])" : "Training of \(courses.count) versions",
            summary: Self.summary(courses), panels: [])
        for metric in Self.metrics(courses) {
            let marks = courses.enumerated().flatMap { number, course in
                Self.marks(metric, course, isAlone ? nil : number)
            }
            panels.append(
                FigurePanel(
                    title: metric, x: PlotAxis("epoch", isIntegral: true), marks: marks + Self.rules(courses))
            )
        }
        if let rates = Self.learningRates(courses) { panels.append(rates) }
        // Wide enough for two columns of panels that are still readable.
        if panels.count > 3 { (columns, width) = (2, 900) }
        legend = Self.legend(courses)
    }

    /// The metrics without their split, the loss first.
    private static func metrics(_ courses: [TrainingCourse]) -> [String] {
        var names: [String] = []
        for series in courses.flatMap(\.facts.history)
        where series.name != "lr" && series.name != "learning_rate" {
            let name = series.name.hasPrefix("val_") ? String(series.name.dropFirst(4)) : series.name
            if !names.contains(name) { names.append(name) }
        }
        return names.filter { $0 == "loss" } + names.filter { $0 != "loss" }
    }

    /// - Parameter number: The version's position among several; nil for one alone.
    private static func marks(_ metric: String, _ course: TrainingCourse, _ number: Int?) -> [PlotMark] {
        func series(_ name: String) -> [Double]? { course.facts.history.first { $0.name == name }?.values }
        let colour = number.map { Paint.series($0) }
        var marks: [PlotMark] = []
        let (training, validation) = (series(metric), series("val_" + metric))
        if let training {
            var line = PlotLine(values: training, paint: colour ?? .series(0))
            // Among several versions the validation is what they are compared by.
            (line.isDashed, line.width) = number == nil || validation == nil ? (false, 1.8) : (true, 1.1)
            marks.append(.line(line))
        }
        if let validation { marks.append(.line(PlotLine(values: validation, paint: colour ?? .series(1)))) }
        guard let shown = validation ?? training else { return marks }
        let paint = colour ?? .series(validation == nil ? 0 : 1)
        func point(_ epoch: Int, _ shape: PlotPoints.Shape) {
            guard epoch > 0, epoch <= shown.count else { return }
            marks.append(
                .points(
                    PlotPoints(
                        points: [PlotPoint(Double(epoch), shown[epoch - 1])], paint: paint, shape: shape,
                        radius: 4)))
        }
        for resume in course.resumes { point(resume.epoch, .diamond) }
        if let best = course.best { point(best.epoch, .ring) }
        return marks
    }

    /// Best epoch and resumes of one version have lines with names; those of several would cover each other.
    private static func rules(_ courses: [TrainingCourse]) -> [PlotMark] {
        guard courses.count == 1, let course = courses.first else { return [] }
        var rules = course.resumes.map { resume in
            PlotMark.rule(
                PlotRule(.vertical, at: Double(resume.epoch) + 0.5, label: "from \(resume.reference)"))
        }
        if let best = course.best {
            rules.append(
                .rule(PlotRule(.vertical, at: Double(best.epoch), label: best.reason, paint: .foreground)))
        }
        return rules
    }

    private static func learningRates(_ courses: [TrainingCourse]) -> FigurePanel? {
        let known = courses.flatMap(\.learningRates).filter { $0 > 0 }
        guard let low = known.min(), let high = known.max() else { return nil }
        let marks = courses.enumerated().compactMap { number, course -> PlotMark? in
            if course.learningRates.isEmpty { return nil }
            var line = PlotLine(
                values: course.learningRates, paint: courses.count == 1 ? .series(2) : .series(number))
            line.isStep = true
            return .line(line)
        }
        return FigurePanel(
            title: "learning rate", x: PlotAxis("epoch", isIntegral: true),
            y: high >= 8 * low ? PlotAxis(scale: .logarithmic) : PlotAxis(includesZero: true), marks: marks,
            height: 150)
    }

    private static func legend(_ courses: [TrainingCourse]) -> [LegendEntry] {
        let hasValidation = courses.contains { $0.facts.history.contains { $0.name.hasPrefix("val_") } }
        let isAlone = courses.count == 1
        var entries: [LegendEntry] = []
        let paint: (Int) -> Paint = { isAlone ? .series($0) : .foreground }
        if hasValidation || isAlone {
            entries.append(LegendEntry("training", paint(0), isAlone ? .line : .dashedLine))
        }
        if hasValidation { entries.append(LegendEntry("validation", paint(1))) }
        entries.append(LegendEntry("best epoch", isAlone ? paint(hasValidation ? 1 : 0) : .foreground, .ring))
        if courses.contains(where: { !$0.resumes.isEmpty }) {
            entries.append(
                LegendEntry(
                    "last epoch before a resume", isAlone ? paint(hasValidation ? 1 : 0) : .foreground,
                    .diamond))
        }
        if courses.flatMap(\.facts.history).contains(where: { $0.values.contains { !$0.isFinite } }) {
            entries.append(LegendEntry("not a number", .muted, .cross))
        }
        // Behind the others: of many versions the legend shows the first.
        return entries + (isAlone ? [] : courses.enumerated().map { LegendEntry($1.reference, .series($0)) })
    }

    private static func summary(_ courses: [TrainingCourse]) -> String {
        courses.map { course in
            let ends = course.facts.history.compactMap { series in
                series.values.last.map { "\(series.name) \(shortNumber($0))" }
            }
            let best = course.best.map { "; best epoch: \($0.reason)" } ?? ""
            return
                "\(course.reference): \(course.epochs) epochs, at the end \(ends.joined(separator: ", "))\(best)."
        }.joined(separator: " ")
    }
}
