import Base

extension JSON {
    /// A Sequential that begins with an adapted Normalization, with the width of its input. Keras saves such a model without the
    /// width if it was built by its data; it stands in `build_config`, or in the weights.
    ///
    /// - Parameter known: The number of means of a layer, by its name.
    func withWidth(_ known: (String) -> Int?) -> JSON {
        guard var model = object, model["class_name"] == "Sequential", var config = model["config"]?.object,
            var entries = config["layers"]?.array,
            let place = entries.firstIndex(where: { $0["class_name"] != "InputLayer" }), place <= 1,
            entries[place]["class_name"] == "Normalization"
        else { return self }
        let layer = entries[place]
        let axis = layer["config"]?["axis"]?.array ?? layer["config"]?["axis"].map { [$0] } ?? [-1]
        let given = (entries[0]["config"]?["batch_input_shape"] ?? config["build_input_shape"])?.array
        guard given?.last ?? .null == .null else { return self }
        var shape = layer["build_config"]?["input_shape"]?.array ?? given ?? [.null, .null]
        if axis == [-1], shape.last ?? .null == .null,
            let width = layer["config"]?["name"]?.string.flatMap(known)
        {
            shape[shape.count - 1] = .integer(width)
        }
        guard shape.last?.int != nil, var first = entries[0].object, var options = first["config"]?.object
        else { return self }
        options["batch_input_shape"] = .array(shape)
        first["config"] = .object(options)
        entries[0] = .object(first)
        config["layers"] = .array(entries)
        model["config"] = .object(config)
        return .object(model)
    }
}
