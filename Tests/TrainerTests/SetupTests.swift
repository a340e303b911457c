import Base
import Datasets
import Foundation
import Network
import TestSupport
import Tensors
import Testing

@testable import Trainer

// Mistakes of a setup are said before training: contradictions are errors, doubts are warnings.

private func warnings(_ data: String, _ layer: String, _ compile: String) throws -> [String] {
    let recipe = try Recipe(
        text: """
            data: \(data)
            model:
              - Dense: { units: 4 }
              - \(layer)
            compile: { \(compile) }
            """, file: "setup.yaml")
    return try Training(recipe, data: PreparedData(recipe)).warnings
}

private struct Setup: CustomTestStringConvertible {
    var data, layer, compile: String
    /// A part of the error or warning; empty if nothing is wrong.
    var message: String
    var isError = false
    var testDescription: String { "\(data) \(layer) \(compile)" }
}

private let one = "Dense: { units: 1, activation: sigmoid }"
private let three = "Dense: { units: 3, activation: softmax }"
private let linear = "Dense: { units: 3 }"
private let sparse = "loss: sparse_categorical_crossentropy"

@Test(
    "setups",
    arguments: [
        Setup(data: "kinds", layer: three, compile: sparse + ", metrics: [accuracy]", message: ""),
        Setup(data: "kinds", layer: linear, compile: sparse, message: "needs probabilities", isError: true),
        Setup(
            data: "kinds", layer: linear,
            compile: "loss: { sparse_categorical_crossentropy: { from_logits: true } }",
            message: ""),
        Setup(
            data: "kinds", layer: three,
            compile: "loss: { sparse_categorical_crossentropy: { from_logits: true } }",
            message: "from_logits is ignored"),
        Setup(
            data: "kinds", layer: "Dense: { units: 3, activation: sigmoid }", compile: sparse,
            message: "sum to 1"),
        Setup(
            data: "kinds", layer: "Dense: { units: 1, activation: softmax }", compile: sparse,
            message: "Set units: 3", isError: true),
        Setup(
            data: "yes", layer: "Dense: { units: 1, activation: softmax }",
            compile: "loss: binary_crossentropy",
            message: "always 1", isError: true),
        Setup(
            data: "yes", layer: one, compile: "loss: binary_crossentropy, metrics: [accuracy]", message: ""),
        Setup(
            data: "yes", layer: "Dense: { units: 1 }", compile: "loss: binary_crossentropy",
            message: "model ends with no activation", isError: true),
        Setup(
            data: "yes", layer: one, compile: "loss: { binary_crossentropy: { from_logits: true } }",
            message: "from_logits is ignored"),
        Setup(
            data: "yes", layer: "Dense: { units: 1 }",
            compile: "loss: { binary_crossentropy: { from_logits: true } }, metrics: [accuracy]",
            message: "0 divides the classes"),
        Setup(data: "yes", layer: one, compile: sparse, message: "or use binary_crossentropy", isError: true),
        Setup(data: "yes", layer: one, compile: "loss: hinge", message: "gives none below"),
        Setup(
            data: "yes", layer: "Dense: { units: 1, activation: tanh }",
            compile: "loss: hinge, metrics: [accuracy]",
            message: "0 divides the classes"),
        Setup(
            data: "amount", layer: "Dense: { units: 1 }", compile: "loss: mse, metrics: [accuracy]",
            message: "means nothing for targets"),
        Setup(
            data: "amount", layer: "Dense: { units: 1 }", compile: "loss: mse, metrics: [mae]", message: ""),
        Setup(data: "amount", layer: one, compile: "loss: mse", message: "numbers from 0.0 to 1.0 only"),
        Setup(data: "amount", layer: three, compile: sparse, message: "30 different numbers", isError: true),
        Setup(
            data: "price", layer: three, compile: sparse, message: "If they are measurements", isError: true),
        Setup(
            data: "price", layer: one, compile: "loss: binary_crossentropy",
            message: "If they are measurements",
            isError: true),
        Setup(
            data: "gap", layer: one, compile: "loss: binary_crossentropy", message: "no label (2, 5)",
            isError: true),
    ])
private func setups(_ setup: Setup) throws {
    try Fixtures.temporaryFolder { folder in
        let file = folder.appendingPathComponent("t.csv")
        var text = "a,b,kinds,yes,amount,price,gap\n"
        for row in 0..<30 {
            let gap = row == 1 ? "NA" : row == 4 ? "" : ["x", "y"][row % 2]
            text +=
                "\(row),\(row * row % 7),\(row % 3),\(row % 2),\(Double(row) + 0.25),\(row * 1000),\(gap)\n"
        }
        try Data(text.utf8).write(to: file)
        try expect(setup, data: "{ csv: \(file.path), target: \(setup.data), features: [a, b] }")
    }
}

private func expect(_ setup: Setup, data: String) throws {
    var found: [String] = []
    do {
        found = try warnings(data, setup.layer, setup.compile)
        #expect(!setup.isError, "\(found)")
    } catch {
        let error = CellarError(error)
        #expect(setup.isError && error.category == .badData && "\(error)".contains(setup.message), "\(error)")
        return
    }
    if setup.message.isEmpty {
        #expect(found == [])
    } else {
        #expect("\(found)".contains(setup.message), "\(found)")
    }
}

@Test(
    "setups of arrays",
    arguments: [
        ("onehot", three, sparse, "takes one class number per sample", true),
        ("onehot", three, "loss: categorical_crossentropy, metrics: [accuracy]", "", false),
        ("kinds", three, "loss: categorical_crossentropy", "", false),
        ("signs", "Dense: { units: 1, activation: tanh }", "loss: hinge", "", false),
        ("signs", one, "loss: binary_crossentropy", "Number the classes from 0", true),
        ("amounts", one, "loss: binary_crossentropy", "mean_squared_error", true),
        ("several", "Dense: { units: 3, activation: sigmoid }", "loss: binary_crossentropy", "", false),
        (
            "values", "Dense: { units: 3, activation: sigmoid }", "loss: binary_crossentropy",
            "targets from 0 to 1", true
        ),
    ])
func arraySetups(labels: String, layer: String, compile: String, message: String, isError: Bool) throws {
    try Fixtures.temporaryFolder { folder in
        func path(_ name: String) -> String { folder.appendingPathComponent(name + ".npy").path }
        func write(_ name: String, _ shape: [Int], _ value: (Int) -> Float) throws {
            try writeNPY(Tensor(shape: shape, values: (0..<shape.reduce(1, *)).map(value)), to: path(name))
        }
        try write("x", [12, 2]) { Float($0) }
        try write("onehot", [12, 3]) { $0 / 3 % 3 == $0 % 3 ? 1 : 0 }
        try write("several", [12, 3]) { Float($0 % 2) }
        try write("values", [12, 3]) { Float($0) / 4 }
        try write("kinds", [12]) { Float($0 % 3) }
        try write("signs", [12, 1]) { $0 % 2 == 0 ? 1 : -1 }
        try write("amounts", [12]) { Float($0) + 0.5 }
        let setup = Setup(data: labels, layer: layer, compile: compile, message: message, isError: isError)
        try expect(setup, data: "{ npy: { samples: \(path("x")), labels: \(path(labels)) } }")
    }
}

@Test("samples that are scaled already, or not at all")
func scales() throws {
    try Fixtures.temporaryFolder { folder in
        func path(_ name: String) -> String { folder.appendingPathComponent(name + ".npy").path }
        try writeNPY(Tensor(shape: [4], values: [0, 1, 0, 1]), to: path("y"))
        for (highest, preprocess, message) in [
            (1.0, "[Rescaling]", "scaled already"), (255, "[Rescaling]", nil),
            (255, "[]", "nothing scales them"),
            (1, "[]", nil),
        ] as [(Float, String, String?)] {
            let x = (0..<16).map { Float($0) / 15 * highest }
            try writeNPY(Tensor(shape: [4, 2, 2], values: x), to: path("x"))
            let recipe = try Recipe(
                text: """
                    data: { npy: { samples: \(path("x")), labels: \(path("y")) }, preprocess: \(preprocess) }
                    model: [ Flatten, Dense: { units: 1, activation: sigmoid } ]
                    compile: { loss: binary_crossentropy }
                    """, file: "scales.yaml")
            let found = try Training(recipe, data: PreparedData(recipe)).warnings
            #expect(message.map { "\(found)".contains($0) } ?? found.isEmpty, "\(found)")
        }
    }
}
