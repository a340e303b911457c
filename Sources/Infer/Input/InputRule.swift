import Network
import Tensors

/// The numbers that one input of a model takes.
struct InputRule: Equatable, Sendable {
    /// True if a missing number may enter the model, which has something in its place.
    var takesMissing = true
    /// True if the number is looked up among whole numbers.
    var isWhole = false
    /// True if the number stands for True or False.
    var isBoolean = false
    /// True if the model takes the logarithm of 1 plus the number.
    var isAboveMinusOne = false

    static let all = InputRule()

    /// Returns why a number cannot enter the model; nil if it can.
    func fault(_ number: Float, row: Int, column: String) -> FieldFault? {
        if number.isNaN {
            return takesMissing
                ? nil
                : FieldFault(
                    row: row, column: column, expected: "a number", found: "a missing value",
                    fix:
                        "The model was trained on a column without missing values. Add the value, or remove the row."
                )
        }
        // 1 - 2^24 stands for a missing value; see `CategoryCounts.missingNumber`.
        if isWhole, number != number.rounded() || abs(number) >= 0x1p24 || number == 1 - 0x1p24 {
            return FieldFault(
                row: row, column: column,
                expected:
                    "a whole number below 16,777,216, because the column is a category of whole numbers",
                found: "\(number)")
        }
        if isBoolean, number != 0, number != 1 {
            return FieldFault(
                row: row, column: column, expected: "0, 1, True or False, as in training",
                found: "\(number)")
        }
        if isAboveMinusOne, number <= -1 {
            return FieldFault(
                row: row, column: column, expected: "a number above -1, of which log1p is a number",
                found: "\(number)")
        }
        return nil
    }

    /// Throws for the first of the numbers that cannot enter the model.
    func check(_ numbers: [Float], column: String) throws(FieldFault) {
        if self == .all { return }
        for (row, number) in numbers.enumerated() {
            if let fault = fault(number, row: row, column: column) { throw fault }
        }
    }
}

extension InputRule {
    init(input: Int, of model: Model) {
        takesMissing = model.takesMissing(input: input)
        for layer in model.readers(ofInput: input) {
            if layer is IntegerLookup { isWhole = true }
            if (layer as? Elementwise)?.function == .log1p { isAboveMinusOne = true }
        }
    }
}

extension Model {
    /// The layers that read an input's values as they are in the table, except that missing numbers may be replaced.
    func readers(ofInput input: Int) -> [any Layer] {
        var (places, next, found) = ([inputs[input]], 0, [any Layer]())
        var isFilled = false
        while next < places.count {
            for (index, call) in calls.enumerated() where call.inputs.contains(places[next]) {
                let layer = layers[call.layer]
                found.append(layer)
                switch layer.className {
                case "Concatenate", "Reshape": break
                // Counts with weights leave missing numbers out; a sum puts others in their place.
                case "CategoryEncoding" where call.inputs.count == 2 && call.inputs[0] != places[next]:
                    isFilled = true
                case "Cropping1D" where isFilled, "Add" where isFilled: break
                default: continue
                }
                if !places.contains(index) { places.append(index) }
            }
            next += 1
        }
        return found
    }

    /// True if a missing number of an input (NaN) goes into layers only that replace it: the bins of Discretization, and
    /// counts with weights, which leave it out.
    func takesMissing(input: Int) -> Bool {
        var (places, next) = ([inputs[input]], 0)
        while next < places.count {
            for (index, call) in calls.enumerated() where call.inputs.contains(places[next]) {
                switch layers[call.layer].className {
                case "Discretization": break
                case "CategoryEncoding" where call.inputs.count == 2 && call.inputs[0] != places[next]: break
                case "Concatenate", "Reshape": if !places.contains(index) { places.append(index) }
                default: return false
                }
            }
            next += 1
        }
        return true
    }
}
