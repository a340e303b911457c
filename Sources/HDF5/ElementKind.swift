import CHDF5

/// The element type of a dataset, as stored.
public enum HDF5ElementKind: Equatable, Sendable, CustomStringConvertible {
    case float16, bfloat16, float32, float64
    case integer(bits: Int, signed: Bool)
    /// Variable length.
    case text
    /// Fixed length in bytes.
    case fixedText(length: Int)
    /// A type that weights do not have.
    case other(String)

    public var description: String {
        switch self {
        case .float16: "float16"
        case .bfloat16: "bfloat16"
        case .float32: "float32"
        case .float64: "float64"
        case .integer(let bits, let signed): (signed ? "int" : "uint") + String(bits)
        case .text: "text"
        case .fixedText(let length): "text of \(length) bytes"
        case .other(let what): what
        }
    }

    public var isNumber: Bool {
        switch self {
        case .float16, .bfloat16, .float32, .float64, .integer: true
        case .text, .fixedText, .other: false
        }
    }

    init(type: hid_t) {
        let size = H5Tget_size(type)
        switch H5Tget_class(type) {
        case H5T_INTEGER:
            let bits = size * 8
            guard [8, 16, 32, 64].contains(bits), H5Tget_precision(type) == bits, H5Tget_offset(type) == 0
            else {
                self = .other("an integer in an unusual format")
                return
            }
            self = .integer(bits: bits, signed: H5Tget_sign(type) != H5T_SGN_NONE)
        case H5T_FLOAT: self = Self.float(type, size: size)
        case H5T_STRING: self = H5Tis_variable_str(type) > 0 ? .text : .fixedText(length: size)
        case H5T_OPAQUE: self = .other("opaque data of \(size) bytes each")
        case H5T_COMPOUND: self = .other("records")
        case H5T_ENUM: self = .other("an enumeration")
        case H5T_VLEN: self = .other("lists")
        case H5T_ARRAY: self = .other("arrays")
        case H5T_REFERENCE: self = .other("references")
        default: self = .other("an unusual type")
        }
    }

    /// Only these four formats are passed to HDF5's conversion.
    private static func float(_ type: hid_t, size: Int) -> HDF5ElementKind {
        var sign = 0, exponent = 0, exponentBits = 0, mantissa = 0, mantissaBits = 0
        guard unsafe H5Tget_fields(type, &sign, &exponent, &exponentBits, &mantissa, &mantissaBits) >= 0,
            H5Tget_norm(type) == H5T_NORM_IMPLIED, H5Tget_precision(type) == size * 8,
            H5Tget_offset(type) == 0,
            [H5T_ORDER_LE, H5T_ORDER_BE].contains(H5Tget_order(type)),
            mantissa == 0, exponent == mantissaBits, sign == size * 8 - 1, exponent + exponentBits == sign
        else { return .other("a float in an unusual format") }
        switch (size, exponentBits, H5Tget_ebias(type)) {
        case (2, 5, 15): return .float16
        case (2, 8, 127): return .bfloat16
        case (4, 8, 127): return .float32
        case (8, 11, 1023): return .float64
        default: return .other("a float in an unusual format")
        }
    }
}
