import CHDF5
import Glibc
import Synchronization

/// Global state of the HDF5 library.
///
/// Debian's static library is thread-safe: every call takes the library's lock, so handles may be used from
/// any thread.
public enum HDF5Library {
    /// The default property list.
    static let standard = hid_t(H5P_DEFAULT)

    private static let started: Void = {
        H5dont_atexit()  // All handles are closed explicitly; an exit handler would only take time.
        H5open()
        H5PLset_loading_state(0)  // Loads no filter plugins, regardless of HDF5_PLUGIN_PATH.
    }()

    /// Initializes the library and turns off its error output, a setting per thread. Call it before any work
    /// on a file.
    static func enter() {
        _ = started
        if statusOfFailedAllocation.load(ordering: .relaxed) == 0 {
            H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
        } else {
            let handler: H5E_auto2_t = { stack, _ in HDF5Library.endIfOutOfMemory(stack) }
            unsafe H5Eset_auto2(hid_t(H5E_DEFAULT), handler, nil)
        }
    }

    // MARK: Limits of memory

    private static let statusOfFailedAllocation = Atomic<Int32>(0)

    /// From now on the process ends with this status where HDF5 gets no memory. To the library this is an error like any other,
    /// but a caller with more memory would not get that error.
    public static func endProcessOnFailedAllocation(status: Int32) {
        statusOfFailedAllocation.store(status, ordering: .relaxed)
    }

    private static func endIfOutOfMemory(_ stack: hid_t) -> herr_t {
        let look: H5E_walk2_t = { _, entry, _ in
            guard let number = unsafe entry?.pointee.min_num else { return 0 }
            if number == ch5_error_no_space() || number == ch5_error_cannot_allocate() {
                _exit(HDF5Library.statusOfFailedAllocation.load(ordering: .relaxed))
            }
            return 0
        }
        return unsafe H5Ewalk2(stack, H5E_WALK_UPWARD, look, nil)
    }

    struct Message {
        var text = "unknown error"
        var minor: hid_t = -1
    }

    /// Returns the innermost message of the last failed call in this thread.
    static func message() -> Message {
        var message = Message()
        unsafe withUnsafeMutablePointer(to: &message) { pointer in
            let take: H5E_walk2_t = { depth, entry, out in
                guard depth == 0, let entry = unsafe entry?.pointee else { return 0 }
                let out = unsafe out?.assumingMemoryBound(to: Message.self)
                unsafe out?.pointee.minor = entry.min_num
                if let text = unsafe entry.desc { unsafe out?.pointee.text = String(cString: text) }
                return 0
            }
            unsafe _ = H5Ewalk2(hid_t(H5E_DEFAULT), H5E_WALK_UPWARD, take, pointer)
        }
        return message
    }
}

/// The owner of an HDF5 identifier; it closes the identifier when it goes out of scope.
struct Handle: ~Copyable {
    let id: hid_t

    /// Takes ownership of `id`, which is negative if the call that made it failed.
    init(_ id: hid_t, else error: @autoclosure () -> HDF5Error) throws(HDF5Error) {
        guard id >= 0 else { throw error() }
        self.id = id
    }

    deinit {
        HDF5Library.enter()
        H5Idec_ref(id)
    }
}

/// A handle with shared ownership.
final class SharedHandle: Sendable {
    let id: hid_t

    init(_ id: hid_t, else error: @autoclosure () -> HDF5Error) throws(HDF5Error) {
        guard id >= 0 else { throw error() }
        self.id = id
    }

    deinit {
        HDF5Library.enter()
        H5Idec_ref(id)
    }
}
