import Cellar

func readmeExample() throws {
    let result = try Store("models").predict(PredictRequest(files: ["digit.png"]))
    for prediction in result.predictions {
        print(prediction.answer, prediction.probability ?? 1)
    }
}
