import Base
import Network

/// Returns warnings about programs that read a model differently from the form that it is written in, or not at all.
public func exportWarnings(_ model: Model, as format: ModelFormat) -> [String] {
    let short = model.layers.filter {
        $0.innermost.scalesShortVectors.map { $0 != (format == .keras) } ?? false
    }
    .map {
        "\($0.subject): Keras 2 and Keras 3 differ for vectors shorter than 1e-6: Keras 2 does not scale them to length 1."
    }
    guard format == .h5 else { return format == .keras ? short : [] }
    var warnings = short
    warnings += model.layers.filter { !$0.isOutputPart }.map(\.inFile).compactMap(h5Warning)
    for (index, layer) in model.layers.enumerated()
    where layer.maskWithStates != nil
        && model.calls.contains(where: { $0.layer == index && $0.inputs.count > 1 })
    {
        warnings.append(
            "\(layer.subject): Keras 3 does not open an .h5 with initial states. For Keras 3 write a .keras file."
        )
    }
    for call in model.calls where model.layers[call.layer].readsNumbersToo {
        guard call.inputs.contains(where: { !model.layers[model.calls[$0].layer].isText }) else { continue }
        warnings.append(
            "\(model.layers[call.layer].subject): its input is written with the type float32, and Keras hashes integers and texts "
                + "only: it may not open the file.")
    }
    if model.structure.members.contains(where: { if case .model = $0 { true } else { false } }),
        model.structure.containsFunctional
    {
        warnings.append(
            "Keras 3 does not open an .h5 with one model inside another. For Keras 3 write a .keras file.")
    }
    return warnings
}

/// The same for the model of a file whose bytes are exported as they are.
public func exportWarnings(of file: TrustedFile, as format: ModelFormat) throws(CellarError) -> [String] {
    let architecture = try Architecture(file)
    do { return exportWarnings(try architecture.model(), as: format) } catch { throw named(error, file.path) }
}

/// Whether TensorFlow takes a name for a scope.
private func isRootScope(_ name: String) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }
    func isPlain(_ byte: UInt8) -> Bool {
        isLetter(byte) || (48...57).contains(byte) || byte == UInt8(ascii: ".")
    }
    return name.utf8.first.map(isPlain) ?? false
        && name.utf8.allSatisfy { isPlain($0) || "_-/\\>".utf8.contains($0) }
}

private func h5Warning(_ layer: any Layer) -> String? {
    let config = layer.config
    if JSON.object(config).contains({
        $0.members.contains { $0.key.hasSuffix("activation") && $0.value == "hard_sigmoid" }
    }) {
        return
            "\(layer.subject): Keras 3 reads hard_sigmoid in an .h5 as another function, x/6 + 0.5 instead of 0.2 x + 0.5, which "
            + "differs by up to 0.083 before all that follows. Keras 2 reads it as it is; for Keras 3 write a .keras file."
    }
    if OperationWriting(layer) != nil {
        return
            "\(layer.subject): Keras 3 does not open an .h5 with operations on tensors. For Keras 3 write a .keras file."
    }
    if layer.className == "GroupedQueryAttention" {
        return
            "\(layer.subject): neither Keras 2 nor Keras 3 opens an .h5 with this layer. For Keras 3 write a .keras file."
    }
    if !isRootScope(layer.name) {
        return
            "\(layer.subject): tf.keras does not open a model with a layer of this name: it takes letters of ASCII, digits and _.-/> only."
    }
    if layer.className == "MultiHeadAttention" {
        return
            "\(layer.subject): Keras 3 does not open an .h5 with this layer. For Keras 3 write a .keras file."
    }
    if ["Softmax", "UnitNormalization", "LayerNormalization"].contains(layer.className),
        config["axis"]?.array?.count ?? 1 > 1
    {
        return
            "\(layer.subject): Keras 3 reads only one of its axes in an .h5. For Keras 3 write a .keras file."
    }
    return nil
}

extension Container {
    /// Whether a Functional is inside, at any depth.
    fileprivate var containsFunctional: Bool {
        members.contains { member in
            guard case .model(let inside) = member else { return false }
            return form == .functional || inside.form == .functional || inside.containsFunctional
        }
    }
}
