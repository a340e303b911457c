import Facts

/// Reads a model, its weights and all that the file says about it. Nothing in the file is executed.
public func readModel(_ path: String) throws(KerasFileError) -> ModelFile {
    throw KerasFileError(.unsupported, file: path, "reading is on its way")
}

/// Reads only what Cellar wrote beside the model: nil for a sound file straight from Keras.
public func readFacts(_ path: String) throws(KerasFileError) -> ModelFacts? { try readModel(path).facts }

/// Writes the portable HDF5 layout, which Keras 2.10 to 3 open, to a new file at that path.
public func writeModel(_ file: ModelFile, to path: String) throws(KerasFileError) {
    throw KerasFileError(.unsupported, file: path, "writing is on its way")
}
