import Base
import Datasets

extension DataRecipe {
    /// The SHA-256 of the data, which versions that are trained on them have.
    func digest() throws(CellarError) -> String {
        if case .pictures(let folder) = source {
            let pictures = try PictureFolder(resolve(folder))
            return DatasetDigest.samples(try pictures.read(as: pictures.form(self.pictures)))
        }
        return try fileDigest() ?? ""
    }

    /// The SHA-256 of the data's files; nil for a folder of pictures, of which the samples count.
    func fileDigest() throws(CellarError) -> String? {
        switch source {
        case .csv(let path, _, _):
            let paths = ([path] + otherFiles).map(resolve)
            return try paths.count == 1 ? FileDigest(ofFile: paths[0]).sha256 : DatasetDigest.files(paths)
        case .idx(let files):
            let names = [files.trainImages, files.trainLabels]
            let testNames = [files.testImages, files.testLabels].compactMap { $0 }
            return try DatasetDigest.files((names + (testNames.count == 2 ? testNames : [])).map(existing))
        case .npy(let samples, let labels): return try DatasetDigest.files((samples + labels).map(resolve))
        case .pictures: return nil
        }
    }

    /// Returns the file's path, or that of its gzipped form.
    func existing(_ path: String) -> String {
        let plain = resolve(path)
        let zipped = resolve(path + ".gz")
        return !FileSystem.exists(plain) && FileSystem.exists(zipped) ? zipped : plain
    }
}
