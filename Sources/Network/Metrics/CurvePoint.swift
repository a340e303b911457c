import Tensors

/// The maximum of one rate over all thresholds where another rate is at least a given value: Keras'
/// SensitivityAtSpecificity and similar metrics. The sums are those of AUC.
public struct CurvePoint: Equatable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case sensitivityAtSpecificity = "SensitivityAtSpecificity"
        case specificityAtSensitivity = "SpecificityAtSensitivity"
        case precisionAtRecall = "PrecisionAtRecall"
        case recallAtPrecision = "RecallAtPrecision"

        /// Keras' name of the rate that must reach the given value.
        var asked: String {
            switch self {
            case .sensitivityAtSpecificity: "specificity"
            case .specificityAtSensitivity: "sensitivity"
            case .precisionAtRecall: "recall"
            case .recallAtPrecision: "precision"
            }
        }
    }

    public var kind: Kind
    /// The minimum of the other rate.
    public var least: Double
    /// If set, only this output counts.
    public var classIndex: Int?
    var curve: AreaUnderCurve

    public init(_ kind: Kind, least: Double, thresholdCount: Int = 200, classIndex: Int? = nil) {
        (self.kind, self.least, self.classIndex) = (kind, least, classIndex)
        curve = AreaUnderCurve(thresholdCount: thresholdCount)
    }

    func add(_ out: Floats, _ target: Floats, _ weight: Double, to sums: inout [Double]) {
        guard let classIndex else { return curve.add(out, target, weight, to: &sums) }
        guard classIndex < out.count else { return }
        let here = classIndex..<classIndex + 1
        curve.add(out[here], target[here], weight, to: &sums)
    }

    func result(_ sums: [Double]) -> Double {
        let (hits, alarms) = curve.positives(sums)
        let (positives, negatives) = (hits[0], alarms[0])
        return hits.indices.reduce(0) { best, i in
            let sensitivity = quotient(hits[i], positives)
            let specificity = quotient(negatives - alarms[i], negatives)
            let precision = quotient(hits[i], hits[i] + alarms[i])
            let (given, found) =
                switch kind {
                case .sensitivityAtSpecificity: (specificity, sensitivity)
                case .specificityAtSensitivity: (sensitivity, specificity)
                case .precisionAtRecall: (sensitivity, precision)
                case .recallAtPrecision: (precision, sensitivity)
                }
            return given >= least ? max(best, found) : best
        }
    }
}
