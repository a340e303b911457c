import Glibc

/// Returns the system's text for an error number: "No space left on device".
public func systemMessage(_ code: Int32) -> String {
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "system error \(code)"
}

extension CellarError {
    /// An error from opening a file for reading; `code` is the value of `errno`.
    public static func opening(_ path: String, _ code: Int32) -> CellarError {
        switch code {
        case ENOENT, ENOTDIR:
            CellarError(
                .noInput, "no such file.", file: path,
                remedy: "Check the path. Relative paths start at the current folder.")
        case EACCES, EPERM:
            CellarError(
                .noInput, "no permission to read the file.", file: path,
                remedy: "Change its permissions, for example with `chmod u+r`.")
        case EISDIR:
            CellarError(
                .noInput, "expected a file, found a folder.", file: path,
                remedy: "Use the path of a file in it.")
        default:
            CellarError(
                .noInput, "cannot open the file: \(systemMessage(code)).", file: path,
                remedy: "Check the path.")
        }
    }

    /// An error from reading a file or stream.
    public static func reading(_ path: String, _ code: Int32) -> CellarError {
        CellarError(
            .inputOutput, "cannot read: \(systemMessage(code)).", file: path,
            remedy: "Check the disk or the connection.")
    }

    /// An error from writing a file, folder or stream.
    public static func writing(_ path: String, _ code: Int32) -> CellarError {
        let (category, remedy): (Category, String) =
            switch code {
            case EPIPE: (.outputClosed, "The program that reads the output has ended.")
            case ENOSPC, EDQUOT:
                (.inputOutput, "Free some space, or use another disk. No partial file was left.")
            case EACCES, EPERM, EROFS: (.cannotCreate, "Use a folder with write permission.")
            case ENOENT, ENOTDIR: (.cannotCreate, "Create its folder first.")
            case EISDIR: (.cannotCreate, "Use the path of a file in the folder.")
            default: (.inputOutput, "Check the path and the disk.")
            }
        return CellarError(category, "cannot write: \(systemMessage(code)).", file: path, remedy: remedy)
    }

    /// An error from a system call on `path` in the store. `doing` is the operation: "rename the file".
    public static func system(_ doing: String, _ path: String, _ code: Int32) -> CellarError {
        let category: Category =
            switch code {
            case ENOENT, ENOTDIR: .noInput
            case EACCES, EPERM, EROFS: .noPermission
            default: .inputOutput
            }
        let remedy: String? =
            switch code {
            case ENOSPC, EDQUOT: "Free some space and try again."
            case EACCES, EPERM, EROFS: "Check the permissions, or choose another store with --store."
            default: nil
            }
        return CellarError(category, "cannot \(doing): \(systemMessage(code)).", file: path, remedy: remedy)
    }
}
