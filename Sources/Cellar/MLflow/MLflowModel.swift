import Base
import FoundationEssentials
import Registry

/// The folder of a model in MLflow's format: the model file unchanged, and what MLflow's TensorFlow format reads beside it.
struct MLflowModel {
    /// Files by their path in the folder.
    let files: [(path: String, bytes: [UInt8])]

    /// - reference: The version, for the model's metadata.
    init(
        _ model: [UInt8], isArchive: Bool, facts: ModelFacts?, reference: String, sha256: String,
        outputs: [Int]
    ) {
        let format = isArchive ? "keras" : "h5"
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
        let features = facts?.features ?? []
        if !features.isEmpty {
            let inputs = JSON.array(
                features.map { ["type": "double", "name": .string($0), "required": true] })
            let shape = JSON.array([.integer(-1)] + outputs.map { .integer($0) })
            let result: JSON = [["type": "tensor", "tensor-spec": ["dtype": "float32", "shape": shape]]]
            // A JSON text within a JSON text, which is YAML too.
            description +=
                "signature:\n  inputs: \(JSON.string(inputs.text(ascii: true)).text(ascii: true))\n"
            description += "  outputs: \(JSON.string(result.text(ascii: true)).text(ascii: true))\n"
        }
        let requirements = "mlflow\ntensorflow\nkeras\npandas\n"
        files = [
            ("MLmodel", Array(description.utf8)),
            ("data/model.\(format)", model),
            ("data/save_format.txt", Array(format.utf8)),
            ("data/keras_module.txt", Array("tensorflow.keras".utf8)),
            ("requirements.txt", Array(requirements.utf8)),
            ("python_env.yaml", Array("python: 3.11.0\ndependencies:\n- -r requirements.txt\n".utf8)),
        ]
    }
}
