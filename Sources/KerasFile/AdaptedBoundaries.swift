import Base
import Glibc
import HDF5

/// What `adapt` of tf_keras' Discretization found: values in rising order and their weights. The config of such a layer has no
/// boundaries; they follow from the summary and the number of bins.
///
/// Source: `compress` and `get_bin_boundaries` of tf_keras 2.21, which compute with NumPy.
struct BinSummary {
    let values, weights: [Float]

    init(values: [Float], weights: [Float]) { (self.values, self.weights) = (values, weights) }

    init(_ dataset: HDF5Dataset) throws {
        let shape = dataset.shape
        guard shape.count == 2, shape[0] == 2, shape[1] > 0 else {
            throw CellarError(
                .badData, "\(dataset.path) is \(shape), but the summary of Discretization is [2, n]")
        }
        let numbers = try dataset.readFloats(shape: shape)
        self.init(values: Array(numbers[..<shape[1]]), weights: Array(numbers[shape[1]...]))
    }

    /// The boundaries of `bins` bins: quantiles of the values, by linear interpolation of the weights' sum.
    func boundaries(bins: Int) -> [Float] {
        let step = 1 / Double(bins)
        // As `[0, :-1]`: the last one bounds nothing.
        guard Double(values.count) * step >= 1 else { return values.dropLast() }
        var sum: Float = 0
        var sums: [Float] = []
        for weight in weights {
            sum += weight
            sums.append(sum)
        }
        let shares = sums.map { Double($0 / sum) }
        return (0..<max(Int((1 / step).rounded(.up)) - 1, 0)).map { index in
            Float(interpolated(at: step + Double(index) * step, shares))
        }
    }

    private func interpolated(at share: Double, _ shares: [Double]) -> Double {
        guard let next = shares.firstIndex(where: { $0 > share }) else {
            return Double(values[values.count - 1])
        }
        guard next > 0 else { return Double(values[0]) }
        let (low, high) = (Double(values[next - 1]), Double(values[next]))
        let slope = (high - low) / (shares[next] - shares[next - 1])
        return slope * (share - shares[next - 1]) + low
    }
}

extension JSON {
    /// True if the config is of a Discretization that was adapted and does not have its boundaries, or has such a layer.
    var hasAdaptedBoundaries: Bool {
        if self["class_name"] == "Discretization" {
            return self["config"]?["bin_boundaries"]?.isNull ?? true
        }
        let config = self["config"]
        return (config?["layers"]?.array ?? config?.array ?? []).contains(where: \.hasAdaptedBoundaries)
    }

    /// The entry of a Discretization with the boundaries of a summary.
    func adding(_ summary: BinSummary) throws -> JSON {
        guard var entry = object, var options = entry["config"]?.object, let bins = options["num_bins"]?.int,
            (2...1 << 20).contains(bins)
        else { return self }
        let boundaries = summary.boundaries(bins: bins)
        guard boundaries.allSatisfy(\.isFinite) else {
            throw CellarError(
                .badData,
                "\(options["name"]?.string ?? "Discretization"): the summary of adapt() is not finite")
        }
        options["bin_boundaries"] = .array(boundaries.map { .number(Double($0)) })
        entry["config"] = .object(options)
        return .object(entry)
    }

    /// A model's config in which each adapted Discretization has its boundaries, from the weights of an `.h5`. Inside a nested
    /// model, whose weights are one list, they come in the order of the layers.
    func addingBoundaries(_ weights: HDF5Group) throws -> JSON {
        guard hasAdaptedBoundaries else { return self }
        return try addingBoundaries { name in
            let group = try weights.group(named: name)
            let names = try nameList(group.attributes, "weight_names", of: name, optional: true)
            return try names.filter(isSummary).map { try BinSummary(group.dataset(named: $0)) }
        }
    }

    private func addingBoundaries(_ read: (String) throws -> [BinSummary]) throws -> JSON {
        guard var model = object, let config = model["config"] else { return self }
        let entries = try (config["layers"]?.array ?? config.array ?? []).map { entry in
            guard entry.hasAdaptedBoundaries,
                let name = entry["config"]?["name"]?.string ?? entry["name"]?.string
            else { return entry }
            var summaries = try read(name)[...]
            return try entry.taking(from: &summaries)
        }
        if var object = config.object {
            object["layers"] = .array(entries)
            model["config"] = .object(object)
        } else {
            model["config"] = .array(entries)
        }
        return .object(model)
    }

    private func taking(from summaries: inout ArraySlice<BinSummary>) throws -> JSON {
        guard hasAdaptedBoundaries else { return self }
        if self["class_name"] == "Discretization" {
            return try summaries.popFirst().map { try adding($0) } ?? self
        }
        return try addingBoundariesInside(&summaries)
    }

    private func addingBoundariesInside(_ summaries: inout ArraySlice<BinSummary>) throws -> JSON {
        guard var model = object, var config = model["config"]?.object, let layers = config["layers"]?.array
        else { return self }
        var entries: [JSON] = []
        for layer in layers { entries.append(try layer.taking(from: &summaries)) }
        config["layers"] = .array(entries)
        model["config"] = .object(config)
        return .object(model)
    }
}

/// True for the name of a Discretization's summary among the weights of an `.h5`. No layer of Keras has another weight of that name.
func isSummary(_ weight: String) -> Bool {
    let last = weight.split(separator: "/").last ?? ""
    return last == "summary:0" || last.hasPrefix("summary_") && last.hasSuffix(":0")
}
