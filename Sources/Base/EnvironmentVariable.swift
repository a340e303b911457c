import Glibc

/// The value of a variable of the environment; nil if it is not set. (Foundation's ProcessInfo would copy all of them.)
public func environmentVariable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
}
