"""scikit-learn: the classification report of 10 million labels."""
from common import *

from sklearn.metrics import classification_report

random = np.random.default_rng(1)
truth = random.integers(0, 10, 10_000_000)
prediction = np.where(random.random(len(truth)) < 0.9, truth, random.integers(0, 10, len(truth)))
report("classification report, 10 M labels: scikit-learn", seconds(lambda: classification_report(truth, prediction), warm_up=0), rate_of=len(truth))
