import CKernels
import Glibc

/// What this machine computes with.
public enum Processor {
    /// The model name, as Linux tells it.
    public static var name: String {
        field("model name") ?? field("Model") ?? "unknown processor"
    }

    /// The vector instructions that our kernels will use here: `AVX-512`, `AVX2`, or the platform's plain ones.
    public static var vectorExtensions: String { unsafe String(cString: ck_vector_extensions()) }

    /// Processors that this process may use.
    public static var count: Int { max(Int(ck_processor_count()), 1) }

    private static func field(_ key: String) -> String? {
        guard let file = unsafe fopen("/proc/cpuinfo", "r") else { return nil }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while unsafe fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix(key), let colon = text.firstIndex(of: ":") else { continue }
            return String(text[text.index(after: colon)...].drop { $0 == " " }.prefix { $0 != "\n" })
        }
        return nil
    }
}
