import Plots

/// A picture with a line of text below it.
public struct CaptionedPicture: Sendable {
    public var pixels: PixelImage
    public var caption: String

    public init(_ pixels: PixelImage, caption: String) { (self.pixels, self.caption) = (pixels, caption) }
}

/// Pictures side by side.
public func pictureSheet(_ pictures: [CaptionedPicture], title: String, subtitle: String = "") -> Figure {
    let columns = max(1, min(4, pictures.count))
    let panels = pictures.map { picture in
        let pixels = picture.pixels
        let mark = PlotImage(
            pixels, width: Double(pixels.columns), height: Double(pixels.rows), caption: picture.caption)
        return FigurePanel(x: .hidden, y: .hidden, marks: [.image(mark)])
    }
    return Figure(
        title: title, subtitle: subtitle,
        summary: "\(title): " + pictures.map(\.caption).joined(separator: "; ") + ".", panels: panels,
        columns: columns, width: columns < 3 ? 320 : 640)
}
