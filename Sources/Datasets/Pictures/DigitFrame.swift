extension Plane {
    /// Brings the ink of one digit into MNIST's form: strokes of MNIST's width, the longer side of 20 of 28 pixels, the centre of
    /// mass in the middle.
    ///
    /// Source: yann.lecun.org/exdb/mnist: "size normalized to fit in a 20x20 pixel box while preserving their aspect ratio …
    /// centered in a 28x28 image by computing the center of mass of the pixels, and translating the image so as to position this
    /// point at the center". Measured on the files: the longer side is 20 in nearly all, and the centre of mass, counted from the
    /// centre of the first pixel, lies between 13.5 and 14.5.
    func framed(width frameWidth: Int, height frameHeight: Int) -> GrayImage {
        let (boxWidth, boxHeight) = (digitBox(frameWidth), digitBox(frameHeight))
        // Small pictures are enlarged first, so that strokes can change by fractions of their pixels.
        let longest = max(width, height)
        let fine = 4 * max(boxWidth, boxHeight)
        let large =
            longest >= fine
            ? self
            : scaled(
                width: max(1, (width * fine + longest / 2) / longest),
                height: max(1, (height * fine + longest / 2) / longest))
        let shaped = large.withUsualStrokes(box: max(boxWidth, boxHeight)).croppedToInk
        let factor = min(Double(boxWidth) / Double(shaped.width), Double(boxHeight) / Double(shaped.height))
        let small = shaped.scaled(
            width: max(1, min(boxWidth, Int((Double(shaped.width) * factor).rounded()))),
            height: max(1, min(boxHeight, Int((Double(shaped.height) * factor).rounded())))
        ).strengthened
        return small.centred(width: frameWidth, height: frameHeight)
    }

    /// Widens or narrows strokes that are thinner or thicker than MNIST's.
    private func withUsualStrokes(box: Int) -> Plane {
        let width = strokeWidth
        let side = Float(max(self.width, self.height))
        let unit = side / Float(box)
        // Of 20 pixels; MNIST's strokes are about two to four wide.
        let (thinnest, thickest): (Float, Float) = (2.3, 3.6)
        if width < thinnest * unit {
            // The digit grows with its strokes, and with it the unit.
            let change = (thinnest * side - width * Float(box)) / (2 * (Float(box) - thinnest))
            return reshaped(by: change)
        }
        if width > thickest * unit {
            let change = (width * Float(box) - thickest * side) / (2 * (Float(box) - thickest))
            return reshaped(by: -min(change, 0.3 * width))
        }
        return reshaped(by: 0)
    }

    var croppedToInk: Plane {
        var (left, top, right, bottom) = (width, height, -1, -1)
        for y in 0..<height {
            for x in 0..<width where values[y * width + x] >= 0.3 {
                (left, right, top, bottom) = (min(left, x), max(right, x), min(top, y), max(bottom, y))
            }
        }
        return right < 0 ? self : cropped(left..<right + 1, top..<bottom + 1)
    }

    /// Scales the values so that the highest is 1.
    private var strengthened: Plane {
        let peak = values.max() ?? 0
        guard peak > 0 else { return self }
        return Plane(width: width, height: height, values: values.map { min(max($0 / peak, 0), 1) })
    }

    /// Places the ink in a frame of the given size with the centre of mass in the middle, as far as all ink fits.
    private func centred(width frameWidth: Int, height frameHeight: Int) -> GrayImage {
        var (mass, massX, massY) = (0.0, 0.0, 0.0)
        for y in 0..<height {
            for x in 0..<width {
                let value = Double(values[y * width + x])
                mass += value
                massX += value * Double(x)
                massY += value * Double(y)
            }
        }
        mass = max(mass, 1e-9)
        func offset(_ centre: Double, _ frame: Int, _ side: Int) -> Int {
            // Rounds so that the centre is at most half a pixel before the middle, and less than half a pixel after it.
            min(max(Int((Double(frame / 2) - centre - 0.5).rounded(.up)), 0), frame - side)
        }
        let left = offset(massX / mass, frameWidth, width)
        let top = offset(massY / mass, frameHeight, height)
        var pixels = [UInt8](repeating: 0, count: frameWidth * frameHeight)
        for y in 0..<height {
            for x in 0..<width {
                pixels[(top + y) * frameWidth + left + x] = UInt8((values[y * width + x] * 255).rounded())
            }
        }
        return GrayImage(width: frameWidth, height: frameHeight, pixels: pixels)
    }
}

/// The side of the digit's box: 20 of 28 pixels.
func digitBox(_ side: Int) -> Int { max(1, (side * 20 + 14) / 28) }

extension GrayImage {
    /// Returns true if the picture is in MNIST's form already: bright ink on black, the longer side of 20 of 28 pixels, the centre of mass
    /// in the middle, strokes of two to four pixels.
    func isFramed(width frameWidth: Int, height frameHeight: Int) -> Bool {
        guard width == frameWidth, height == frameHeight else { return false }
        var (left, top, right, bottom) = (width, height, -1, -1)
        var (mass, massX, massY, peak) = (0, 0, 0, 0)
        for y in 0..<height {
            for x in 0..<width {
                let value = Int(pixels[y * width + x])
                guard value > 0 else { continue }
                (left, right, top, bottom) = (min(left, x), max(right, x), min(top, y), max(bottom, y))
                mass += value
                massX += value * x
                massY += value * y
                peak = max(peak, value)
            }
        }
        guard peak > 128 else { return false }
        let side = max(right - left + 1, bottom - top + 1)
        let box = max(digitBox(width), digitBox(height))
        guard side >= box - 1, side <= box, right - left < digitBox(width), bottom - top < digitBox(height)
        else {
            return false
        }
        let (x, y) = (Double(massX) / Double(mass), Double(massY) / Double(mass))
        guard abs(x - Double(width) / 2) <= 1, abs(y - Double(height) / 2) <= 1 else { return false }
        let stroke = Plane(self).strokeWidth * 20 / Float(box)
        return stroke >= 1.6 && stroke <= 5
    }
}
