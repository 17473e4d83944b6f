"""Writes src/stats/stats_reference.json: values that houqa's statistics are tested against.

Everything comes from SciPy and statsmodels where they have it; what they lack (Newcombe's paired
interval, mid-p, unconditional power, Brier, ECE) is written out here a second time, from their
distributions, sums over all outcomes or NumPy, and not in the way houqa does it.

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0
    venv/bin/python tasks/make_stats_reference.py > src/stats/stats_reference.json
    deno fmt src/stats/stats_reference.json
"""

import json
from types import SimpleNamespace

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(8)


def wilson():
    cases = [(k, n) for n in (1, 7, 140, 5000) for k in sorted({0, 1, n // 3, n // 2, n - 1, n})]
    return [
        {"successes": k, "trials": n, "interval": proportion_confint(k, n, method="wilson")}
        for k, n in cases
    ]


def binomial_tails():
    cases = [(k, n, p) for n, p in ((140, 0.25), (140, 0.5), (3000, 0.1), (20000, 0.5))
             for k in (0, 1, int(n * p), int(n * p + 4 * np.sqrt(n * p)), n)]
    return [{"k": k, "n": n, "p": p, "tail": stats.binom.sf(k - 1, n, p)} for k, n, p in cases]


def mcnemar_tests():
    cases = [(b, c) for b in (0, 1, 2, 5, 9, 14, 30, 240, 700) for c in (0, 1, 3, 9, 21, 200)]
    out = []
    for gained, lost in cases:
        changed = gained + lost
        if changed == 0:
            continue
        exact = mcnemar([[50, lost], [gained, 30]], exact=True).pvalue
        point = stats.binom.pmf(gained, changed, 0.5)
        mid = 1 - point / 2 if gained == lost else exact - point
        out.append({"gained": gained, "lost": lost, "exact": min(1.0, exact), "midP": mid})
    return out


def newcombe():
    # The last three are published: Fagerland, Lydersen and Laake (2014), Altman et al. (2000),
    # and Newcombe (1998), where b and c are right only in the first or second run.
    tables = [(60, 14, 9, 57), (0, 5, 0, 135), (140, 0, 0, 0), (0, 0, 0, 140), (100, 40, 0, 0),
              (3, 70, 60, 7), (20, 0, 0, 20), (0, 50, 50, 0), (1500, 400, 300, 2800),
              (1, 7, 1, 12), (14, 0, 5, 22), (36, 2, 12, 0)]
    out = []
    for both, gained, lost, neither in tables:
        n = both + gained + lost + neither
        (l1, u1), (l2, u2) = (proportion_confint(both + one, n, method="wilson")
                              for one in (lost, gained))
        p1, p2 = (both + lost) / n, (both + gained) / n
        margins = (both + lost) * (gained + neither) * (both + gained) * (lost + neither)
        cross = both * neither - gained * lost
        if cross > n / 2:
            cross -= n / 2
        elif cross >= 0:
            cross = 0
        phi = 0 if margins == 0 else cross / np.sqrt(float(margins))
        d = p2 - p1
        low = d - np.sqrt((p2 - l2) ** 2 - 2 * phi * (p2 - l2) * (u1 - p1) + (u1 - p1) ** 2)
        high = d + np.sqrt((u2 - p2) ** 2 - 2 * phi * (u2 - p2) * (p1 - l1) + (p1 - l1) ** 2)
        out.append({"bothRight": both, "gained": gained, "lost": lost, "bothWrong": neither,
                    "interval": [low, high]})
    return out


def clusters(count, share_changed):
    sizes = rng.choice([1, 1, 1, 2, 3, 8], size=count)
    return [(int(rng.choice([-1, 0, 1], size=size,
                            p=[share_changed / 3, 1 - share_changed, share_changed * 2 / 3]).sum()),
             int(size)) for size in sizes]


def difference(sums, sizes, axis=-1):
    return np.sum(sums, axis=axis) / np.sum(sizes, axis=axis)


def bca():
    out = []
    for count, share in ((12, 0.6), (40, 0.3), (86, 0.25), (86, 0.05)):
        data = clusters(count, share)
        sums, sizes = (np.array(column, float) for column in zip(*data))
        drawn = rng.integers(0, count, size=(400, count))
        # Whole numbers divided: ties with the observed figure are exact.
        replicates = difference(sums[drawn], sizes[drawn])
        # SciPy builds its own interval from a distribution that is given.
        given = SimpleNamespace(bootstrap_distribution=replicates)
        result = stats.bootstrap((sums, sizes), difference, paired=True, vectorized=True,
                                 n_resamples=0, bootstrap_result=given, method="BCa")
        out.append({"clusters": [{"sum": s, "size": m} for s, m in data],
                    "replicates": list(replicates),
                    "interval": list(result.confidence_interval)})
    return out


def sign_flips():
    out = []
    for count, share in ((6, 0.9), (10, 0.8), (14, 0.7), (14, 0.3)):
        sums = [s for s, _ in clusters(count, share)]
        result = stats.permutation_test((np.array(sums, float),), lambda x, axis: np.sum(x, axis),
                                        permutation_type="samples", n_resamples=np.inf,
                                        vectorized=True)
        out.append({"sums": sums, "p": min(1.0, result.pvalue)})
    return out


def design_effects():
    out = []
    for count, share in ((20, 0.5), (86, 0.25)):
        data = clusters(count, share)
        values, groups = [], []
        for index, (total, size) in enumerate(data):
            # Any answers to the questions of a cluster with this sum and the fewest changes.
            values += [np.sign(total)] * abs(total) + [0] * (size - abs(total))
            groups += [index] * size
        values = np.array(values, float)
        model = sm.OLS(values, np.ones_like(values))
        robust = model.fit(cov_type="cluster", use_t=False,
                           cov_kwds={"groups": np.array(groups), "use_correction": False})
        naive = np.mean((values - values.mean()) ** 2) / len(values)
        out.append({"clusters": [{"sum": s, "size": m} for s, m in data],
                    "discordant": int(np.abs(values).sum()),
                    "effect": float(robust.cov_params()[0, 0] / naive)})
    return out


def power():
    out = []
    for n, discordance, delta in ((30, 0.3, 0.1), (140, 0.2, 0.1), (140, 0.05, 0.05),
                                  (140, 0.5, 0.0), (240, 0.98, 0.9), (1500, 0.1, 0.03)):
        # Every table of gained and lost, by the multinomial distribution.
        total = 0.0
        gain, loss = (discordance + delta) / 2, (discordance - delta) / 2
        for changed in range(n + 1):
            weight = stats.binom.pmf(changed, n, discordance)
            if changed == 0 or weight < 1e-16:
                continue
            gained = np.arange(changed + 1)
            p = np.minimum(1, 2 * stats.binom.cdf(np.minimum(gained, changed - gained), changed, .5))
            chance = stats.binom.pmf(gained, changed, gain / (gain + loss))
            total += weight * chance[p <= 0.05].sum()
        out.append({"questions": n, "discordance": discordance, "difference": delta,
                    "power": total})
    return out


def connor():
    z, b = stats.norm.ppf(0.975), stats.norm.ppf(0.8)
    cases = [(0.2, 0.1), (0.2, 0.05), (0.5, 0.02), (0.1, 0.01), (0.3, 0.3)]
    return [{"discordance": psi, "difference": d,
             "questions": int(np.ceil((z * psi ** .5 + b * (psi - d * d) ** .5) ** 2 / d ** 2))}
            for psi, d in cases]


def holm():
    cases = [[0.01], [0.01, 0.04], [0.04, 0.03, 0.01], [0.02, 0.02, 0.9, 1.0], [1e-9, 0.5, 0.0004]]
    return [{"p": p, "adjusted": list(multipletests(p, method="holm")[1])} for p in cases]


def calibration():
    out = []
    for count, sharpness in ((25, 1.0), (140, 4.0)):
        probabilities = np.round(rng.dirichlet(np.ones(4) / sharpness, size=count), 6)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        correct = np.array([rng.choice(4, p=row) for row in probabilities])
        hit = (probabilities.argmax(axis=1) == correct).astype(float)
        top = probabilities.max(axis=1)
        edges = np.arange(11) / 10
        place = np.clip(np.digitize(top, edges) - 1, 0, 9)
        ece = sum(abs(hit[place == b].mean() - top[place == b].mean()) * np.mean(place == b)
                  for b in range(10) if (place == b).any())
        brier = np.mean(np.sum((probabilities - np.eye(4)[correct]) ** 2, axis=1))
        out.append({"probabilities": probabilities.tolist(), "correct": correct.tolist(),
                    "ece": ece, "brier": brier, "counts": np.bincount(place, minlength=10).tolist()})
    return out


def agreement():
    out = []
    for questions, raters, alike in ((1, 2, 0.0), (40, 2, 0.6), (140, 3, 0.5), (140, 7, 0.0)):
        own = rng.integers(0, 4, size=(questions, raters))
        common = rng.choice(4, p=(0.1, 0.2, 0.6, 0.1), size=(questions, 1))
        ratings = np.where(rng.random((questions, raters)) < alike, common, own)
        table = aggregate_raters(ratings, n_cat=4)[0]
        pairs = (table * (table - 1)).sum() / (questions * raters * (raters - 1))
        out.append({"ratings": ratings.tolist(), "kappa": fleiss_kappa(table, method="fleiss"),
                    "pairwise": pairs})
    return out


def plain(value):
    return value.item() if isinstance(value, np.generic) else list(value)


print(json.dumps({
    "made_with": {"numpy": np.__version__, "scipy": scipy.__version__,
                  "statsmodels": statsmodels.__version__},
    "wilson": wilson(), "binomialTail": binomial_tails(), "mcnemar": mcnemar_tests(),
    "newcombe": newcombe(), "bca": bca(), "signFlip": sign_flips(),
    "designEffect": design_effects(), "power": power(), "connor": connor(), "holm": holm(),
    "calibration": calibration(), "agreement": agreement(),
}, default=plain))
