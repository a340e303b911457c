import Base
import Datasets
import Network

extension PictureAugmentation {
    /// The largest value of each option.
    private static let limits:
        KeyValuePairs<String, (WritableKeyPath<PictureAugmentation, Float> & Sendable, Double)> = [
            "rotation": (\.rotation, 180), "shear": (\.shear, 1), "scale": (\.scale, 0.9),
            "translate": (\.translate, 100), "stroke": (\.stroke, 5), "elastic": (\.elastic, 20),
            "contrast": (\.contrast, 1), "noise": (\.noise, 1), "lines": (\.lines, 1), "erase": (\.erase, 1),
        ]

    /// Reads a recipe's `augment`.
    init(_ section: RecipeSection) throws(CellarError) {
        self.init()
        var section = section
        for (key, (path, most)) in PictureAugmentation.limits {
            let value = try section.read { (options) throws(CellarError) in
                try options.double(key, default: 0)
            }
            guard (0...most).contains(value) else {
                throw section.error("\(key) must be between 0 and \(most), but is \(value).", key: key)
            }
            self[keyPath: path] = Float(value)
        }
        try section.rejectUnknownKeys()
    }
}
