import CKernels

// Conversion of images to the form that the products read, and back: channels last, the channels of a
// depthwise kernel repeated for each of its filters, and a border of zeros. An image that already has this
// form is not copied.
extension Convolution {
    var copiesImages: Bool { windows.isPadded || channelsFirst || multiplier > 1 }

    private var box: Box { windows.box(channels: width) }
    private var paddedSize: Int { windows.padded * width }

    func bringIn(_ x: Floats, _ first: Int, _ count: Int, _ scratch: Floats, _ room: ConvolutionRoom)
        -> Floats
    {
        let given = x[first * inputSize..<(first + count) * inputSize]
        guard copiesImages else { return given }
        let images = scratch[room.images].prefix(count * paddedSize)
        for i in 0..<count {
            let target = images[i * paddedSize..<(i + 1) * paddedSize]
            var image = given[i * inputSize..<(i + 1) * inputSize]
            if channelsFirst {
                let next =
                    multiplier == 1 && !windows.isPadded ? target : scratch[room.flat].prefix(inputSize)
                transpose(image, rows: channels, columns: windows.inputs, into: next)
                image = next
            }
            if multiplier > 1 {
                let next = windows.isPadded ? scratch[room.expanded] : target
                unsafe ck_repeat_each(image.base, inputSize, multiplier, next.base)
                image = next
            }
            if windows.isPadded { box.put(image, into: target) }
        }
        return images
    }

    /// The memory in which the gradients of a chunk of images are accumulated.
    func imagesForGradient(
        _ dx: Floats, _ first: Int, _ count: Int, _ scratch: Floats, _ room: ConvolutionRoom
    ) -> Floats {
        copiesImages
            ? scratch[room.images].prefix(count * paddedSize)
            : dx[first * inputSize..<(first + count) * inputSize]
    }

    /// Converts the accumulated gradients back.
    func bringOut(
        _ images: Floats, into dx: Floats, _ first: Int, _ count: Int, _ epilogue: Epilogue,
        _ scratch: Floats,
        _ room: ConvolutionRoom
    ) {
        for i in 0..<count {
            let target = dx[(first + i) * inputSize..<(first + i + 1) * inputSize]
            var image = copiesImages ? images[i * paddedSize..<(i + 1) * paddedSize] : target
            if windows.isPadded {
                let next =
                    multiplier > 1
                    ? scratch[room.expanded] : channelsFirst ? scratch[room.flat].prefix(inputSize) : target
                box.take(from: image, into: next)
                image = next
            }
            if multiplier > 1 {
                let next = channelsFirst ? scratch[room.flat].prefix(inputSize) : target
                unsafe ck_sum_each(image.base, inputSize, multiplier, next.base)
                image = next
            }
            if let bias = epilogue.bias {
                addRow(bias, to: image, relu: epilogue.relu)
            } else if epilogue.relu {
                relu(image)
            }
            if channelsFirst { transpose(image, rows: windows.inputs, columns: channels, into: target) }
        }
    }

    /// Returns the output gradients of a chunk as [outputs, filters].
    func channelsLast(
        _ dy: Floats, _ first: Int, _ count: Int, _ scratch: Floats, _ room: ConvolutionRoom
    ) -> Floats {
        let given = dy[first * outputSize..<(first + count) * outputSize]
        guard channelsFirst else { return given }
        let turned = scratch[room.outputs].prefix(given.count)
        for i in 0..<count {
            let range = i * outputSize..<(i + 1) * outputSize
            transpose(given[range], rows: filters, columns: windows.outputs, into: turned[range])
        }
        return turned
    }

    /// Converts outputs [outputs, filters] to filters first.
    func putChannelsFirst(_ out: Floats, into y: Floats) {
        for i in 0..<out.count / outputSize {
            let range = i * outputSize..<(i + 1) * outputSize
            transpose(out[range], rows: windows.outputs, columns: filters, into: y[range])
        }
    }
}
