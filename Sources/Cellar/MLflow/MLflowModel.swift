import Base
import FoundationEssentials
import Infer
import KerasFile
import Network
import Registry

/// The folder of a model in MLflow's format: the model file unchanged, and what MLflow's TensorFlow format reads beside it.
struct MLflowModel {
    /// Files by their path in the folder.
    let files: [(path: String, bytes: [UInt8])]

    /// - reference: The version, for the model's metadata.
    init(
        _ model: [UInt8], isArchive: Bool, contents: ModelFile, reference: String, sha256: String
    ) {
        let format = isArchive ? "keras" : "h5"
        // Keras 3 does not read the layers of a table's columns from files in the format of Keras 2.
        let isOld = !isArchive && contents.model.hasColumns && contents.kerasVersion.hasPrefix("2.")
        let created = Date().ISO8601Format().replacing("T", with: " ").replacing("Z", with: "")
        var description = """
            flavors:
              python_function:
                data: data
                env:
                  virtualenv: python_env.yaml
                loader_module: mlflow.tensorflow
                python_version: 3.11.0
              tensorflow:
                code: null
                data: data
                keras_version: "\(isArchive ? "3" : "2.10.0")"
                model_type: keras
                save_format: \(format)
            metadata:
              cellar.reference: \(JSON.string(reference).text(ascii: true))
              cellar.sha256: "\(sha256)"
            mlflow_version: 3.0.0
            model_size_bytes: \(model.count)
            model_uuid: \(sha256.prefix(32))
            utc_time_created: '\(created).000000'

            """
        let inputs = Self.inputs(of: contents)
        if !inputs.isEmpty {
            let inputs = JSON.array(inputs)
            let outputs = contents.model.outputShapes.first ?? []
            let result = JSON.array([.object(Self.tensor("float32", outputs))])
            // A JSON text within a JSON text, which is YAML too.
            description +=
                "signature:\n  inputs: \(JSON.string(inputs.text(ascii: true)).text(ascii: true))\n"
            description += "  outputs: \(JSON.string(result.text(ascii: true)).text(ascii: true))\n"
        }
        let requirements = "mlflow\ntensorflow\n\(isOld ? "tf_keras" : "keras")\npandas\n"
        files = [
            ("MLmodel", Array(description.utf8)),
            ("data/model.\(format)", model),
            ("data/save_format.txt", Array(format.utf8)),
            ("data/keras_module.txt", Array((isOld ? "tf_keras" : "tensorflow.keras").utf8)),
            ("requirements.txt", Array(requirements.utf8)),
            ("python_env.yaml", Array("python: 3.11.0\ndependencies:\n- -r requirements.txt\n".utf8)),
        ]
    }

    /// The inputs of the signature: a tensor for each column that has an input of its own, which MLflow converts to its type; or the
    /// columns of a vector, which may be of any type of numbers, in the vector's order. Empty where the columns are not known.
    private static func inputs(of file: ModelFile) -> [JSON] {
        let model = file.model
        if model.hasColumns {
            return zip(model.inputs, model.inputNames).map { call, name in
                let isText = model.layers[model.calls[call].layer].isText
                var input = tensor(isText ? "str" : "float32", model.shapes[call])
                input["name"] = .string(name)
                return .object(input)
            }
        }
        let features = file.facts?.features ?? []
        guard model.inputShapes == [[features.count]] else { return [] }
        return features.map { ["type": "any", "name": .string($0), "required": true] }
    }

    private static func tensor(_ type: String, _ shape: [Int]) -> JSONObject {
        let shape = JSON.array([.integer(-1)] + shape.map { .integer($0) })
        return ["type": "tensor", "tensor-spec": ["dtype": .string(type), "shape": shape]]
    }
}
