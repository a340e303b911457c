import Base
import Glibc

/// The system's words for an error number: "No space left on device".
func systemMessage(_ code: Int32) -> String {
    unsafe String(cString: strerror(code))
}

extension CellarError {
    /// A file that does not open for reading.
    static func opening(_ path: String, _ code: Int32) -> CellarError {
        switch code {
        case ENOENT, ENOTDIR:
            CellarError(
                .noInput, file: path, expected: "a file", found: "nothing there",
                fix: "Check the path; relative paths start at the current folder.")
        case EACCES, EPERM:
            CellarError(
                .noInput, file: path, expected: "a file that may be read", found: "no permission",
                fix: "Give yourself the right to read it, as with `chmod u+r`.")
        default:
            CellarError(
                .noInput, file: path, expected: "a file that opens", found: systemMessage(code),
                fix: "Check the path.")
        }
    }

    static func folder(_ path: String) -> CellarError {
        CellarError(
            .noInput, file: path, expected: "a file", found: "a folder", fix: "Name a file inside it.")
    }

    static func reading(_ path: String, _ code: Int32) -> CellarError {
        CellarError(
            .inputOutput, file: path, expected: "to read on", found: systemMessage(code),
            fix: "Check the disk or the connection that it comes from.")
    }

    /// A file, folder or stream that cannot be written.
    static func writing(_ path: String, _ code: Int32) -> CellarError {
        let fix =
            switch code {
            case ENOSPC, EDQUOT: "Free some space, or write elsewhere. Nothing was left behind."
            case EACCES, EPERM, EROFS: "Write to a folder that you may write to."
            case ENOENT, ENOTDIR: "Create its folder first."
            case EISDIR: "Name a file inside the folder."
            case EPIPE: "The program that reads the output has ended."
            default: "Check the path and the disk."
            }
        let isFull = ![EACCES, EPERM, EROFS, ENOENT, ENOTDIR, EISDIR].contains(code)
        return CellarError(
            isFull ? .inputOutput : .cannotCreate, file: path, expected: "to write",
            found: systemMessage(code), fix: fix)
    }
}
