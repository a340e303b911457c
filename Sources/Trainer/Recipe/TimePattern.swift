import Base
import Glibc

/// Fills in the time in a path of a recipe, as Python's `strftime`: `logs/fit/log_%Y_%m_%d_%H_%M_%S`, in local time; `%%` is a
/// percent sign.
func fillingTime(_ path: String, at time: time_t) throws(CellarError) -> String {
    guard path.utf8.contains(UInt8(ascii: "%")) else { return path }
    var seconds = time
    var parts = unsafe tm()
    unsafe localtime_r(&seconds, &parts)
    var text = ""
    var rest = path[...]
    while let character = rest.popFirst() {
        guard character == "%" else {
            text.append(character)
            continue
        }
        guard let letter = rest.popFirst(), "YmdHMSyjBbAapIZzUWuVGe%".contains(letter) else {
            throw CellarError(
                "the path \"\(path)\" has a % that begins no part of a time; expected %Y, %m, %d, %H, %M or %S, or %% for a "
                    + "percent sign")
        }
        var buffer = [CChar](repeating: 0, count: 64)
        let length = unsafe strftime(&buffer, buffer.count, "%\(letter)", &parts)
        text += String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
    return text
}
