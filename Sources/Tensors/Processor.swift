import CKernels
import Glibc

/// The processor of this machine.
public enum Processor {
    /// The model name according to Linux.
    public static var name: String {
        field("model name") ?? field("Model") ?? "unknown processor"
    }

    /// The vector instructions that the kernels use: `AVX-512`, `AVX2`, or the baseline of the platform.
    public static var vectorExtensions: String { unsafe String(cString: ck_vector_extensions()) }

    /// The number of processors available to this process.
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
