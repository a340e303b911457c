import Base

/// Finds serialized objects that are not Keras' own. A user's class may bear the name of one of Keras; its code is not in the
/// file, so that it must never be computed as that one.
extension JSON {
    /// The name of the first object at any depth, this one too, that is a custom class or function.
    var customName: String? {
        switch self {
        case .array(let items): return items.lazy.compactMap(\.customName).first
        case .object(let object):
            return object.customName ?? object.members.lazy.compactMap { $0.value.customName }.first
        default: return nil
        }
    }
}

extension JSONObject {
    /// The name of the class or function where it is not one of Keras.
    ///
    /// Keras 3 and late tf.keras write the module of their own classes, and null for a custom one, whose registered name is
    /// `package>Name`, or the bare name of a class that was not registered. An `.h5` has a registered name in place of the
    /// class, and nothing about classes that were not registered.
    var customName: String? {
        guard let className = self["class_name"]?.string else { return nil }
        if [className, self["registered_name"]?.string].contains(scaleOfTFKeras) { return nil }
        // A function has its name as config. Keras writes its own activations as words.
        let name = className == "function" ? self["config"]?.string ?? className : className
        if isForeignPackage(name) { return name }
        let registered = self["registered_name"]?.string
        if let registered, isForeignPackage(registered) { return registered }
        guard let module = self["module"]?.string else { return registered }
        let root = module.prefix { $0 != "." }
        return keras.contains(String(root)) ? nil : "\(module).\(className)"
    }
}

extension JSONObject {
    /// The same of an optimizer. Keras 2.11 and later registered their own ones in the package Custom.
    fileprivate var isRegisteredByKeras: Bool {
        self["module"]?.string != nil || self["registered_name"]?.string == nil
    }
    var customOptimizerName: String? {
        if let name = customName, !(name.hasPrefix("Custom>") && isRegisteredByKeras) { return name }
        // Its schedule, too, may be a custom one.
        return self["config"]?.object?.members.lazy.compactMap { $0.value.customName }.first
    }
}

/// The one layer that tf.keras itself registers in the package of custom classes, for InceptionResNetV2.
let scaleOfTFKeras = "Custom>CustomScaleLayer"

private let keras = ["keras", "tf_keras", "tensorflow", "keras_core", "builtins"]

/// Returns true for `package>Name`, unless the package is Keras' own.
private func isForeignPackage(_ name: String) -> Bool {
    guard let end = name.firstIndex(of: ">") else { return false }
    return !["keras", "Keras", "TensorFlow"].contains(String(name[..<end]))
}
