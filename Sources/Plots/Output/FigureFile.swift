import Base
import CProcess

/// A format of picture files, by the ending of their names.
public enum FigureFormat: String, CaseIterable, Sendable {
    case png, svg, pdf

    /// The format that the name of a file asks for.
    public init(path: String) throws(CellarError) {
        let name = path.split(separator: "/").last ?? ""
        let ending = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last
        guard let format = ending.flatMap({ FigureFormat(rawValue: $0.lowercased()) }) else {
            throw CellarError(
                .usage, file: path, expected: "a name that ends in .png, .svg or .pdf",
                found: ending.map { ".\(printable(String($0)))" } ?? "no ending",
                fix: "The ending selects the format of the picture.")
        }
        self = format
    }
}

extension Figure {
    /// The figure as the bytes of a file. PNG has two pixels for each unit of the figure, for sharp screens and print.
    public func file(
        _ format: FigureFormat, theme: Theme = .light, program: String? = nil
    ) throws(CellarError) -> [UInt8] {
        let drawing = drawing
        if format == .svg { return Array(drawing.svg(theme).utf8) }
        let list = DrawingBytes(drawing, theme, isPDF: format == .pdf, scale: 2)
        return try DrawingProgram(program).run(list.bytes)
    }

    /// Draws the figure into a file, atomically. The ending of its name selects the format.
    public func write(to path: String, theme: Theme = .light) throws(CellarError) {
        try writeFile(path, file(FigureFormat(path: path), theme: theme))
    }
}

/// The program that draws PNG and PDF files with Cairo and Pango.
struct DrawingProgram {
    private static let name = "cellar-draw"
    /// The exit status where a library is missing; the program then prints the name of its package.
    private static let isUnavailable: Int32 = 69
    private static let advice =
        "SVG needs no libraries: choose a name that ends in .svg."

    private let path: String

    /// - Parameter path: By default CELLAR_DRAW, or the program beside this one.
    init(_ path: String?) { self.path = path ?? Self.find() }

    private static func find() -> String {
        if let path = environmentVariable("CELLAR_DRAW"), !path.isEmpty { return path }
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = unsafe cpr_executable(&buffer, buffer.count)
        let executable = String(
            decoding: buffer.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let folder = executable.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        return folder + "/" + name
    }

    func run(_ input: [UInt8]) throws(CellarError) -> [UInt8] {
        var result = unsafe cpr_result()
        let failed = unsafe cpr_run(path, nil, input, input.count, &result)
        guard failed == 0 else {
            throw CellarError(
                .cannotCreate, "cannot run the program that draws PNG and PDF files (error \(failed)).",
                file: path,
                remedy: "It is built and installed together with the commands. " + Self.advice)
        }
        defer {
            unsafe cpr_free(result.output)
            unsafe cpr_free(result.error)
        }
        let message = unsafe String(cString: result.error).split(separator: "\n").last.map(String.init) ?? ""
        switch unsafe result.status {
        case 0: return unsafe Array(UnsafeBufferPointer(start: result.output, count: result.output_size))
        case Self.isUnavailable:
            throw CellarError(
                .cannotCreate,
                "PNG and PDF files are drawn with Cairo and Pango, and the package \(printable(message)) is missing.",
                remedy: "apt-get install libcairo2 libpangocairo-1.0-0 fonts-dejavu-core installs them. "
                    + Self.advice)
        case let status:
            throw CellarError(
                .internalFault,
                "the program that draws PNG and PDF files failed (status \(status)): \(printable(message))",
                file: path, remedy: Self.advice)
        }
    }
}
