import Datasets
import Foundation
import Base
import Metrics
import KerasFile
import Network
import Tensors
import TestSupport
import Testing

@testable import Infer

private let table = "id,label,a,b\n1,good,2,0\n2,bad,0,2\n3,good,0,1\n4,good,3,0\n"

@Test("a table with labels: figures computed by hand, and a report that infer report reads")
func tableReport() throws {
    try Fixtures.temporaryFolder { folder in
        let file = try folder.file("in.csv", table)
        let report = folder.path("a/report")
        // The column with the labels is in the model's facts.
        let found = try evaluateTable(CSVReader(path: file), with: SmallModels.binary(), report: report)
        // log(1 + exp(−z)) for the right side of 2, 2, −1, 3
        let expected = [-2.0, -2, 1, -3].map { log(1 + exp($0)) }.reduce(0, +) / 4
        #expect(abs(found.loss - expected) < 1e-7)
        #expect(found.accuracy == 0.75 && found.lossName == "binary_crossentropy")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: report).sorted()
                == ["confusion_matrix.csv", "predictions.csv", "report.json", "report.txt"])
        #expect(try folder.text("a/report/confusion_matrix.csv") == "truth,bad,good\nbad,1,0\ngood,1,2\n")
        #expect(
            try folder.text("a/report/predictions.csv").hasPrefix(
                "row,truth,prediction,probability,probability_bad,probability_good\n1,good,good,0.880797,0.1192"
            ))
        #expect(try folder.text("a/report/report.txt") == found.text)
        #expect(try JSON(parsing: folder.text("a/report/report.json")) == found.json)
        let again = try LabelsReport(report + "/predictions.csv")
        #expect(again.accuracy == 0.75 && again.count == 4)
        guard case .classes(let matrix, let text, _) = found.outcome else {
            Issue.record("classes are expected")
            return
        }
        #expect(again.matrix == matrix && again.report == text)
    }
}

@Test(
    "of many classes, a report has no column and no number for each; infer report reads it alike",
    arguments: [100, 101])
func manyClasses(_ count: Int) throws {
    try Fixtures.temporaryFolder { folder in
        let names = (0..<count).map { "class \($0)" }
        let kernel = (0..<2 * count).map { Float($0 * 37 % 11) / 4 }
        var file = ModelFile(
            model: try SmallModels.dense(
                inputs: 2, units: count, .softmax, kernel: kernel, bias: [Float](repeating: 0, count: count)))
        file.facts = SmallModels.facts(features: ["a", "b"], classes: names)
        file.facts?.hyperparameters.targets = ["label"]
        let input = try folder.file("in.csv", "label,a,b\nclass 3,1,0\nclass 99,0,1\nclass 8,1,0\n")
        let found = try evaluateTable(
            CSVReader(path: input), with: LoadedModel(file, path: "small.h5", name: "many"),
            report: folder.path("r"))
        guard case .classes(let matrix?, let report, _) = found.outcome else {
            Issue.record("classes are expected")
            return
        }
        let again = try LabelsReport(folder.path("r/predictions.csv"))
        #expect(again.matrix == matrix && again.report == report && matrix.classes == names)
        let lines = try folder.text("r/predictions.csv").split(separator: "\n")
        let isSmall = count == 100
        let columns = isSmall ? names.map { "probability_\($0)" } : ["truth_probability", "classes"]
        #expect(
            lines[0] == "row,truth,prediction,probability," + columns.joined(separator: ","))
        if !isSmall {
            // exp(z) of class 8 divided by the sum of all
            let powers = kernel[..<count].map { exp(Double($0)) }
            let fields = lines[3].split(separator: ",", omittingEmptySubsequences: false)
            #expect(fields.count == 6 && fields[5].isEmpty)
            #expect(abs((Double(fields[4]) ?? 0) - powers[8] / powers.reduce(0, +)) < 1e-6)
        }
        for part in try EvaluationReport(found).parts {
            try part.write(to: folder.path("r")) { _ in nil }
        }
        let written = try JSON(parsing: folder.text("r/confusion_matrix.json"))
        let metrics = try JSON(parsing: folder.text("r/metrics.json"))
        #expect((metrics["confusion_matrix"] != nil) == isSmall && metrics["loss"] != nil)
        #expect((written["normalized"] != nil) == isSmall)
        #expect(try JSON(parsing: folder.text("r/report.json")) == found.json)
        #expect(try folder.text("r/report.json").contains("\n      [0, 0, 0, "))
        guard !isSmall else { return #expect(written["absolute"] == matrix.json()) }
        let cells = (written["absolute"]?["cells"]?.array ?? []).map { cell in
            (cell.array ?? []).compactMap(\.double).map { Int($0) }
        }
        #expect(cells.allSatisfy { $0.count == 3 && matrix[$0[0], $0[1]] == $0[2] && $0[2] > 0 })
        #expect(cells.reduce(0) { $0 + $1[2] } == 3)
    }
}

@Test("regression: errors computed by hand")
func regressionReport() throws {
    try Fixtures.temporaryFolder { folder in
        // Predictions 3, 4, 9 for 3, 6, 8.
        let file = try folder.file("in.csv", "a,b,y\n1,0,3\n0,1,6\n1,2,8\n")
        let found = try evaluateTable(
            CSVReader(path: file), with: SmallModels.regression(), target: ["y"], report: folder.path("r"))
        let figures = Dictionary(uniqueKeysWithValues: found.figures.map { ($0.name, $0.value) })
        #expect(abs((figures["loss"] ?? 0) - 5.0 / 3) < 1e-12)
        #expect(abs((figures["mean_squared_error"] ?? 0) - 5.0 / 3) < 1e-12)
        #expect(abs((figures["mean_absolute_error"] ?? 0) - 1) < 1e-12)
        // The sum of squares of the truth around its mean 17/3 is 114/9.
        #expect(abs((figures["r2"] ?? 0) - (1 - 5 / (114.0 / 9))) < 1e-12)
        #expect(
            try folder.text("r/predictions.csv") == "row,truth,prediction\n1,3,3\n2,6,4\n3,8,9\n")
        #expect(found.accuracy == nil)
    }
}

@Test("unknown labels and missing columns")
func badLabels() throws {
    try Fixtures.temporaryFolder { folder in
        let file = try folder.file("in.csv", table.replacing("4,good", with: "4,fine"))
        func evaluate(_ target: String?) throws -> CellarError? {
            let model = target == nil ? try SmallModels.multiclass() : try SmallModels.binary()
            return failure {
                _ = try evaluateTable(
                    CSVReader(path: file), with: model, target: target.map { [$0] }, report: folder.path("r"))
            }
        }
        let label = try #require(try evaluate("label"))
        #expect(label.category == .badData && label.place.column == "label" && "\(label)".contains("row 4"))
        #expect(label.message.contains("bad, good") && label.message.contains("fine"))
        #expect(try evaluate("lable")?.explanation.contains("Did you mean \"label\"?") == true)
        // No target is given: the error lists the columns that are not inputs.
        let unsaid = try #require(try evaluate(nil))
        #expect(unsaid.category == .usage && unsaid.explanation.contains("id, label"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("r")).isEmpty)
    }
}

@Test("a folder of pictures with one subfolder per class")
func pictureFolder() throws {
    let model = try SmallModels.seed("mnist_mlp_sgd.tfk.h5", classes: SmallModels.digits)
    let labelled = try readLabelledSamples(Fixtures.data.appendingPathComponent("mnist").path, for: model)
    guard case .floats(let all) = labelled.samples.storage else {
        Issue.record("this model wants numbers up to 1")
        return
    }
    try Fixtures.temporaryFolder { folder in
        for index in 0..<20 {
            let pixels = all[index * 784..<(index + 1) * 784].map { UInt8(($0 * 255).rounded()) }
            let subfolder = folder.appendingPathComponent("\(labelled.labels[index])")
            try FileManager.default.createDirectory(at: subfolder, withIntermediateDirectories: true)
            try writePNG(GrayImage(width: 28, height: 28, pixels: pixels), to: subfolder.path("\(index).png"))
        }
        let pictures = try readLabelledSamples(folder.path, for: model)
        #expect(pictures.samples.count == 20)
        let found = try evaluateSamples(pictures, with: model, data: folder.path)
        let expected = try evaluateSamples(labelled.selecting(0..<20), with: model, data: "mnist")
        #expect(found.accuracy == expected.accuracy && abs(found.loss - expected.loss) < 1e-9)
        try FileManager.default.moveItem(atPath: folder.path("7"), toPath: folder.path("seven"))
        let error = try #require(
            failure {
                _ = try evaluateSamples(readLabelledSamples(folder.path, for: model), with: model, data: "d")
            })
        #expect(error.category == .badData && error.message.contains("seven"))
    }
}

@Test("IDX files and arrays with their labels")
func labelledFiles() throws {
    let model = try SmallModels.seed("mnist_mlp_sgd.tfk.h5", classes: SmallModels.digits)
    let images = Fixtures.data.appendingPathComponent("mnist/t10k-images-idx3-ubyte.gz").path
    let labels = Fixtures.data.appendingPathComponent("mnist/t10k-labels-idx1-ubyte.gz").path
    #expect(try readLabelledSamples(images, for: model).labels == readIDXLabels(labels))
    try Fixtures.temporaryFolder { folder in
        let array = folder.path("x.npy")
        try writeNPY(Tensor(shape: [2, 28, 28], filledWith: 0), to: array)
        func evaluate(_ labels: [String]) throws -> Evaluation {
            try evaluateArrays([array], labels: labels, with: model, data: array)
        }
        #expect(failure { _ = try evaluate([]) }?.category == .usage)
        #expect(failure { _ = try evaluate([labels]) }?.category == .badData)
        try writeNPY(Tensor(shape: [2], values: [3, 9]), to: folder.path("y.npy"))
        guard case .classes(let matrix, _, _) = try evaluate([folder.path("y.npy")]).outcome else {
            Issue.record("classes are expected")
            return
        }
        #expect(try ClassCounts(#require(matrix)).truth == [0, 0, 0, 1, 0, 0, 0, 0, 0, 1])
        // A truncated file.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: images))
        let half = folder.path("t10k-images-idx3-ubyte.gz")
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: half))
        let cut = try #require(failure { _ = try readLabelledSamples(half, labels: labels, for: model) })
        #expect(cut.category == .badData && cut.place.file == half)
        // Pictures for a model of tables.
        let wrong = failure { _ = try readLabelledSamples(images, for: SmallModels.binary()) }
        #expect(wrong?.category == .badData)
    }
}

@Test("losses on probabilities, and with penalties")
func costs() throws {
    func cost(_ kind: Loss.Kind, _ outputs: [Float], _ wanted: [Float], onLogits: Bool = false) -> Double {
        Loss(kind).cost(of: outputs, wanted: wanted, onLogits: onLogits)
    }
    let probabilities: [Float] = [0.2, 0.5, 0.1]
    #expect(abs(cost(.categoricalCrossentropy, probabilities, [0, 1, 0]) - -log(0.625)) < 1e-7)
    #expect(abs(cost(.meanSquaredError, probabilities, [0, 1, 0]) - (0.04 + 0.25 + 0.01) / 3) < 1e-7)
    // A sure and wrong answer costs what Keras lets it cost, and no infinity.
    // Float32's nearest number to 1 − 1e-7 is 2⁻²³ below 1.
    #expect(abs(cost(.binaryCrossentropy, [1], [0]) - -log(0x1p-23 + 1e-7)) < 1e-5)
    #expect(abs(cost(.binaryCrossentropy, [0], [1]) - -log(2e-7)) < 1e-5)
    #expect(cost(.binaryCrossentropy, [100], [0], onLogits: true) == 100)
}

@Test("a file of labels")
func labelsFile() throws {
    try Fixtures.temporaryFolder { folder in
        let file = try folder.file("l.csv", "t;prediction;probability\ncat;cat;0.9\ndog;cat;0.6\n")
        let report = try LabelsReport(file, truth: "t")
        #expect(report.accuracy == 0.5 && report.count == 2)
        try report.write(to: folder.path("r"))
        #expect(try folder.text("r/confusion_matrix.csv") == "truth,cat,dog\ncat,1,0\ndog,1,0\n")
        let missing = try #require(failure { _ = try LabelsReport(file) })
        #expect(missing.category == .badData && missing.place.file == file && "\(missing)".contains("truth"))
        #expect(failure { _ = try LabelsReport(folder.path("nothing.csv")) }?.category == .noInput)
        let empty = try folder.file("e.csv", "")
        #expect(failure { _ = try LabelsReport(empty) }?.category == .badData)
    }
}

@Test("inspection of a model")
func inspection() throws {
    let model = try SmallModels.seed("mnist_mlp_bn_sgd.tfk.h5", shipped: true)
    let inspection = Inspection(model.file, name: "m")
    #expect(inspection.layers.map(\.parameters).reduce(0, +) == 268_210)
    #expect(inspection.figures.contains { $0 == ("not trainable", "800") })
    let weights = try inspection.weights(of: "hiddenLayer1")
    #expect(weights.map(\.name) == ["kernel", "bias"] && weights[0].tensor.shape == [784, 300])
    let small = WeightSummary(name: "w", tensor: Tensor(shape: [2, 2], values: [1, 2, 3, 6]))
    #expect(small.least == 1 && small.largest == 6 && small.mean == 3)
    #expect(abs(small.standardDeviation - 3.5.squareRoot()) < 1e-12)
    #expect(
        failure { _ = try inspection.weights(of: "hidenLayer1") }?.explanation.contains("hiddenLayer1?")
            == true)
    #expect(failure { _ = try inspection.weights(of: "inputLayer") }?.message.contains("no weights") == true)
}

@Test("several labels per sample: a target column for each, and metrics computed by hand")
func severalLabels() throws {
    var file = ModelFile(
        model: try SmallModels.dense(
            inputs: 2, units: 3, .sigmoid, kernel: [1, 0, 0, 0, 1, 0], bias: [0, 0, -1]),
        compiled: .init(
            objective: Objective(
                Loss(.binaryCrossentropy), metrics: [Metric(.binaryAccuracy(threshold: 0.5), name: "right")]),
            optimizer: nil))
    file.facts = SmallModels.facts(features: ["a", "b"], classes: ["x", "y", "z"])
    let model = try LoadedModel(file, path: "small.h5", name: "several")
    try Fixtures.temporaryFolder { folder in
        let table = try folder.file("in.csv", "a,b,x,y,z\n1,-1,1,0,0\n2,2,1,0,1\n")
        let found = try evaluateTable(
            CSVReader(path: table), with: model, target: ["x", "y", "z"], report: folder.path("r"))
        let figures = Dictionary(uniqueKeysWithValues: found.figures.map { ($0.name, $0.value) })
        #expect(figures.count == 2 && abs((figures["right"] ?? 0) - 4.0 / 6) < 1e-7)
        // log(1 + exp(−z)) for a 1, log(1 + exp(z)) for a 0
        let costs = [-1.0, -1, -1, -2, 2, 1].map { log(1 + exp($0)) }
        #expect(abs(found.loss - costs.reduce(0, +) / 6) < 1e-6)
        #expect(
            try folder.text("r/predictions.csv").hasPrefix(
                "row,truth_x,truth_y,truth_z,probability_x,probability_y,probability_z\n1,1,0,0,0.7310"))
        let answers = try model.predictions(for: Samples(shape: [2], floats: [1, -1, 2, 2]))
        #expect(answers.labels(0) == [0] && answers.labels(1) == [0, 1])
        let few = failure { _ = try evaluateTable(CSVReader(path: table), with: model, target: ["x"]) }
        #expect(few?.category == .usage)
        // A table gets the probabilities of each label.
        _ = try scoreTable(CSVReader(path: table), with: [model], to: folder.path("s.csv"))
        #expect(
            try folder.text("s.csv").hasPrefix(
                "a,b,x,y,z,probability_x,probability_y,probability_z\n1,-1,1,0,0,0.73"))
    }
}

@Test("an inspection names the classes of a model inside TimeDistributed as the file does")
func inspectionOfStepModel() throws {
    let inspection = Inspection(try SmallModels.golden("steps/sentences.k3.keras"), name: "m")
    #expect(
        inspection.layers.map(\.className) == [
            "InputLayer", "Embedding", "Bidirectional", "Dense", "GRU", "Dense",
        ])
}
