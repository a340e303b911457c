import Testing
@testable import ONNX
@Test func nothing() {}
