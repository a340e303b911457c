"""Makes texts.json: what Keras' layers of texts give, for TextLayerTests.

    python make_texts.py

Made with keras 3.15.1 and tensorflow 2.21.0; tf_keras 2.21.0 gives the same numbers.
"""
import json, os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, tensorflow as tf
L = keras.layers
words = ["", "a", "Ünï", "hello world", "x" * 16, "y" * 17, "z" * 33, "日本語のテキスト", "w" * 64, "v" * 65, "u" * 200, "A b-c, D!", "the cat sat on the cat",
         "12", "-7", "red\tgreen  blue", "!!", "[UNK]"]
s = tf.constant([[w] for w in words])
other = tf.constant([[w] for w in reversed(words)])
numbers = [0, 1, 2, -1, -7, 123456, 16777215]
i = tf.constant([[n] for n in numbers], "int64")
cases = []

def add(className, config, inputs="texts"):
    layer = getattr(L, className)(**config)
    given = {"texts": s, "pairs": (s, other), "numbers": i, "number_pairs": (i, i + 1)}[inputs]
    out = tf.cast(layer(given), "float32").numpy()
    cases.append({"class": className, "config": config, "inputs": inputs, "output": out.reshape(len(out), -1).tolist()})

vocabulary = ["a", "Ünï", "12", "cat"]
add("StringLookup", {"vocabulary": vocabulary})
add("StringLookup", {"vocabulary": vocabulary, "num_oov_indices": 3})
add("StringLookup", {"vocabulary": vocabulary, "mask_token": ""})
for mode in ("one_hot", "multi_hot", "count"):
    add("StringLookup", {"vocabulary": vocabulary, "output_mode": mode, "num_oov_indices": 2})
add("StringLookup", {"vocabulary": vocabulary, "output_mode": "tf_idf", "idf_weights": [0.5, 1.5, 2.0, 3.25]})
add("Hashing", {"num_bins": 7})
add("Hashing", {"num_bins": 1000, "mask_value": ""})
add("Hashing", {"num_bins": 11, "salt": 133})
add("Hashing", {"num_bins": 11, "salt": [133, 137]})
add("Hashing", {"num_bins": 5, "output_mode": "one_hot"})
add("Hashing", {"num_bins": 97}, "numbers")
add("HashedCrossing", {"num_bins": 50}, "pairs")
add("HashedCrossing", {"num_bins": 6, "output_mode": "one_hot"}, "pairs")
add("HashedCrossing", {"num_bins": 50}, "number_pairs")
tokens = ["the", "cat", "b", "c", "hello", "red", "bc", "the cat"]
for standardize in ("lower_and_strip_punctuation", "lower", "strip_punctuation", None):
    add("TextVectorization", {"vocabulary": tokens, "output_sequence_length": 4, "standardize": standardize})
add("TextVectorization", {"vocabulary": ["a", "b", "日", "ü"], "output_sequence_length": 5, "split": "character"})
add("TextVectorization", {"vocabulary": tokens, "output_sequence_length": 6, "ngrams": 2})
add("TextVectorization", {"vocabulary": tokens, "output_sequence_length": 6, "ngrams": (2,)})
add("TextVectorization", {"vocabulary": tokens, "output_sequence_length": 2, "split": None})
for mode in ("multi_hot", "count"):
    add("TextVectorization", {"vocabulary": tokens, "output_mode": mode})
add("TextVectorization", {"vocabulary": tokens, "output_mode": "tf_idf", "idf_weights": [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]})
add("TextVectorization", {"vocabulary": tokens, "output_mode": "count", "max_tokens": 20, "pad_to_max_tokens": True})
# An empty text is padding in each mode: "" and, without its signs, one of punctuation alone.
for config in ({"output_mode": "count"}, {"output_mode": "multi_hot", "standardize": "strip_punctuation"},
               {"output_mode": "tf_idf", "idf_weights": [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]}, {"output_sequence_length": 2, "standardize": None}):
    add("TextVectorization", {"vocabulary": tokens, "split": None, **config})
# Without a word for unknown texts, [UNK] is a word as others are.
for oov in (1, 2):
    add("StringLookup", {"vocabulary": ["[UNK]", "a", "cat"], "oov_token": None, "num_oov_indices": oov})
add("IntegerLookup", {"vocabulary": [-1, 0, 2], "oov_token": None}, "numbers")
add("IntegerLookup", {"vocabulary": [-1, 0, 2]}, "numbers")
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "texts.json"), "w") as f:
    json.dump({"texts": words, "numbers": numbers, "cases": cases}, f, ensure_ascii=False)
print(len(cases))
