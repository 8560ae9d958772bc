"""The measures once more, in plain NumPy, to hold the program against.

Draws labels and predictions, measures them from the definitions (not from the formulas that the
program uses), and writes both as fixture.json beside this file:

    python3 tests/measures/reference.py
"""

import json
from pathlib import Path

import numpy as np

FACES, POINTS, ATTRIBUTES, RESAMPLES = 48, 4, 6, 40
REFERENCE = (0, 1)
CASES = [
    {"alpha": 0.1, "limit": 0.1, "nme": "eyes", "bins": 10},
    {"alpha": 0.08, "limit": 0.15, "nme": "box", "bins": 15},
]
rng = np.random.default_rng(20190225)


def single(values):
    """Rounded to what the program stores, single precision."""
    return np.asarray(values, dtype=np.float32).astype(np.float64)


# --- Labels; NaN is unknown. ---------------------------------------------------------------------

eyes = np.stack([rng.uniform(40, 60, (FACES, 2)), rng.uniform(90, 130, (FACES, 2))], axis=1)
eyes[:, 1, 1] = eyes[:, 0, 1] + rng.normal(0, 6, FACES)
labels = np.concatenate([eyes, rng.uniform(40, 130, (FACES, POINTS - 2, 2))], axis=1)
labels[rng.random((FACES, POINTS)) < 0.1] = np.nan
labels[3] = np.nan  # nothing known
labels[4, 0] = np.nan  # no scale by the eyes
labels[5, 1] = labels[5, 0] = [50, 50]  # eyes in one place: no scale either
labels[6] = [[10, 20], [40, 20], [30, 40], [np.nan, np.nan]]  # L = 30
labels[7] = [[10, 20], [20, 20], [15, 40], [17, 40]]  # L = 10
labels = single(labels)
box_lengths = single(rng.uniform(80, 160, FACES))
box_lengths[[9, 10]] = np.nan
box_lengths[7] = 40

present = np.where(rng.random((FACES, ATTRIBUTES)) < 0.4, 1.0, 0.0)
present[rng.random((FACES, ATTRIBUTES)) < 0.15] = np.nan
present[:, 1] = np.where(np.isnan(present[:, 1]), np.nan, 0.0)  # one class is missing
present[:, 2] = np.nan  # never known
present[:, 3] = np.where(np.isnan(present[:, 3]), np.nan, 0.0)  # and never said to be present
identities = [None if rng.random() < 0.2 else f"id{rng.integers(12)}" for _ in range(FACES)]


# --- Predictions; NaN was not said. --------------------------------------------------------------


def draw_predictions(spread, unsaid):
    scale = 50.0
    points = single(np.nan_to_num(labels, nan=70.0) + rng.normal(0, spread * scale, labels.shape))
    points[6] = [[13, 20], [40, 17], [33, 44], [1, 1]]  # exactly 0.1·30 twice, and 5/30
    points[7] = [[10, 21], [21, 20], [15, 40], [17, 41.5]]  # exactly 0.1·10, exactly 0.15·10
    points[rng.random((FACES, POINTS)) < unsaid] = np.nan
    logit = rng.normal(0, 1.2, (FACES, ATTRIBUTES)) + 1.5 * np.nan_to_num(present - 0.5)
    p = 1 / (1 + np.exp(-logit))
    p[:, 3] = np.minimum(p[:, 3], 0.49)
    p[10:14, 0] = [0.0, 0.5, 1.0, 0.1]  # edges of bins
    p[14:18, 0] = [0.3, 0.7, 0.2, 0.4]
    p = single(p)
    p[rng.random((FACES, ATTRIBUTES)) < unsaid] = np.nan
    return points, p


predictions = {"network": draw_predictions(0.06, 0.0), "other": draw_predictions(0.12, 0.2)}


# --- Measures, from their definitions. -----------------------------------------------------------


def mean(values):
    values = np.asarray(values, dtype=float)
    values = values[~np.isnan(values)]
    return values.mean() if len(values) else np.nan


def cumulative(errors, x):
    return np.mean(errors <= x) if len(errors) else np.nan


def area(errors, limit):
    """Under the step function from 0 to the limit, step by step."""
    if not len(errors):
        return np.nan
    corners = np.concatenate([[0.0], np.sort(errors[errors < limit]), [limit]])
    heights = [cumulative(errors, x) for x in corners[:-1]]
    return float(np.sum(np.diff(corners) * heights) / limit)


def point_rows(found, faces, case):
    distance = np.sqrt(((found - labels) ** 2).sum(-1))[faces]
    length = np.sqrt(((labels[:, REFERENCE[0]] - labels[:, REFERENCE[1]]) ** 2).sum(-1))[faces]
    length = np.where(length > 0, length, np.nan)
    by = length if case["nme"] == "eyes" else box_lengths[faces]
    columns = [distance[:, i] for i in range(POINTS)]
    columns.append(np.array([mean(row) for row in distance]))
    rows, known, curves = [], [], []
    for column in columns:
        off, error = column / length, column / by
        off, error = off[~np.isnan(off)], error[~np.isnan(error)]
        rows.append([
            100 * mean(off <= case["alpha"]),
            100 * mean(error),
            100 * np.median(error) if len(error) else np.nan,
            100 * area(error, case["limit"]),
            100 * mean(error > case["limit"]),
        ])
        known.append(max(len(off), len(error)))
        at = 2 * case["limit"] * np.arange(0, 201, 20) / 200
        curves.append([100 * cumulative(error, x) for x in at])
    rows.insert(POINTS, [mean([r[m] for r in rows[:POINTS]]) for m in range(5)])
    return rows, known, curves


def binary_figures(p, y, bins):
    both = ~np.isnan(p) & ~np.isnan(y)
    p, y = p[both], y[both] == 1
    said = p >= 0.5
    true_positives = np.sum(said & y)
    precision = true_positives / said.sum() if said.any() else np.nan
    recall = true_positives / y.sum() if y.any() else np.nan
    recall_absent = np.mean(~said[~y]) if (~y).any() else np.nan
    if not said.any() and not y.any():
        f1 = np.nan
    elif true_positives == 0:
        f1 = 0.0
    else:
        f1 = 2 * precision * recall / (precision + recall)
    calibration = np.nan
    if len(p):
        bin_of = np.array([np.sum(v * bins >= np.arange(1, bins)) for v in p])
        calibration = 0.0
        for b in range(bins):
            inside = bin_of == b
            if inside.any():
                gap = abs(p[inside].mean() - y[inside].mean())
                calibration += inside.sum() / len(p) * gap
    balanced = (recall + recall_absent) / 2
    return [100 * mean(said == y), 100 * balanced, 100 * f1, 100 * calibration], len(p)


def binary_rows(found, faces, case):
    rows, known = [], []
    for i in range(ATTRIBUTES):
        row, n = binary_figures(found[faces, i], present[faces, i], case["bins"])
        rows.append(row)
        known.append(n)
    rows.append([mean([r[m] for r in rows]) for m in range(4)])
    return rows, known


def interval(values):
    values = np.array([v for v in values if not np.isnan(v)])
    return list(np.percentile(values, [2.5, 97.5])) if len(values) > 1 else None


# --- Resamples: identities are drawn, a face without one by itself. ------------------------------

units = sorted({i for i in identities if i}) + [n for n, i in enumerate(identities) if i is None]
members = [[n for n, i in enumerate(identities) if i == u or n == u] for u in units]
resamples = []
for _ in range(RESAMPLES):
    drawn = rng.integers(len(units), size=len(units))
    resamples.append([face for unit in drawn for face in members[unit]])
weights = [np.bincount(r, minlength=FACES).tolist() for r in resamples]


def listed(values):
    """Numbers as JSON has them; NaN is null."""
    if isinstance(values, (list, tuple, np.ndarray)):
        return [listed(v) for v in values]
    return None if values is None or np.isnan(values) else float(values)


expected = []
for case in CASES:
    entry = {"options": case, "predictors": {}}
    for name, (points, p) in predictions.items():
        every = np.arange(FACES)
        rows, known, curves = point_rows(points, every, case)
        binary, binary_known = binary_rows(p, every, case)
        again = [(point_rows(points, r, case)[0], binary_rows(p, r, case)[0]) for r in resamples]
        bounds = [
            [[interval([a[t][row][m] for a in again]) for m in range(measures)] for row in range(n)]
            for t, (n, measures) in enumerate([(POINTS + 2, 5), (ATTRIBUTES + 1, 4)])
        ]
        entry["predictors"][name] = {
            "rows": listed([rows, binary]),
            "known": [known, binary_known],
            "ced": listed(curves),
            "intervals": [[[None if b is None else listed(b) for b in r] for r in t] for t in bounds],
        }
    expected.append(entry)

fixture = {
    "points": [f"p{i}" for i in range(POINTS)],
    "reference": REFERENCE,
    "attributes": [f"a{i}" for i in range(ATTRIBUTES)],
    "labels": listed(labels),
    "present": listed(present),
    "box_lengths": listed(box_lengths),
    "identities": identities,
    "weights": weights,
    "predictions": {n: {"points": listed(a), "binary": listed(p)} for n, (a, p) in predictions.items()},
    "expected": expected,
}
out = Path(__file__).with_name("fixture.json")
out.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
print(out, out.stat().st_size, "bytes")
