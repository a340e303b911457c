import ArgumentParser
import Base
import CommandSupport
import Plots

/// The file and the colours of a figure; the same for every subcommand that draws one.
public struct PlotOptions: ParsableArguments {
    @Option(
        help: "Draw a figure into this file; its name ends in .svg, .png or .pdf.",
        completion: .file(extensions: ["svg", "png", "pdf"]))
    public var plot: String?

    @Flag(help: "Draw on a dark background.")
    public var dark = false

    public init() {}

    public func validate() throws {
        if dark, plot == nil { throw ValidationError("--dark needs --plot.") }
    }

    /// Returns true if a figure is wanted. Throws if its file's name has no known ending.
    public func isWanted() throws(CellarError) -> Bool {
        guard let plot else { return false }
        _ = try FigureFormat(path: plot)
        return true
    }

    /// Draws the figure, and says so unless the output is for a program.
    public func draw(_ figure: Figure, json: Bool = false) throws {
        guard let plot else { return }
        try figure.write(to: plot, theme: dark ? .dark : .light)
        if !json { try printOutput("\(plot)\n") }
    }
}
