import Network
import Testing

@testable import Trainer

/// Which optimizers of which Keras train an Embedding otherwise than Cellar was tried with Keras 3.15 on TensorFlow and with tf_keras.
@Test(
    "differences of an Embedding's training are told",
    arguments: [
        ("3.15.1", true, "Adam", true), ("3.15.1", true, "RMSprop", true), ("3.15.1", true, "SGD", false),
        ("2.12.0", true, "Adam", false), ("2.12.0", true, "RMSprop", false), ("2.10.0", false, "Adam", false),
        ("2.10.0", false, "RMSprop", true), ("2.10.0", false, "SGD", false),
    ])
func embeddingDifferences(keras: String, isNewer: Bool, name: String, isTold: Bool) {
    var optimizer: any Optimizer =
        switch name {
        case "Adam": Adam()
        case "RMSprop": RMSprop()
        default: SGD()
        }
    optimizer.newer = isNewer
    #expect((embeddingDifference(optimizer, keras: keras) != nil) == isTold)
    #expect(embeddingDifference(SGD(momentum: 0.9), keras: "2.10.0") != nil)
}
