"""Published scores and statistics that others computed; those of networks need the networks' weights."""

import csv
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiogen_cli.audio.files import read_audio
from audiogen_cli.evaluation.building import Choices
from audiogen_cli.evaluation.cache import FeatureCache
from audiogen_cli.evaluation.catalogue import choose_metrics
from audiogen_cli.evaluation.evaluate import evaluate
from audiogen_cli.evaluation.extractors.base import Clip
from audiogen_cli.evaluation.extractors.weights import weights_folder
from audiogen_cli.evaluation.manifest import read_manifest
from audiogen_cli.evaluation.metrics.frechet import frechet_distance_of_moments

KEPT = Path(__file__).parents[1] / ".fadtk"


@pytest.fixture(scope="session")
def fadtk():
    """The wheel of fadtk 1.1.0, which carries statistics of a large set, 23 clips and their scores."""
    wheel = KEPT / "fadtk-1.1.0-py3-none-any.whl"
    if not wheel.exists():
        fetch = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", str(KEPT)]
        try:
            subprocess.run([*fetch, "fadtk==1.1.0"], capture_output=True, timeout=300, check=True)
        except (subprocess.SubprocessError, OSError):
            pytest.skip("the package fadtk 1.1.0 (83 MB) cannot be downloaded here")
    with zipfile.ZipFile(wheel) as archive:
        yield archive


@pytest.fixture(scope="session")
def moments(fadtk):
    """Means and covariances of the large set by network."""
    return np.load(io.BytesIO(fadtk.read("fadtk/stats/fma_pop.npz")), allow_pickle=False)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("MERT-v1-95M-1", "MERT-v1-95M-2", 19.947245400),
        ("MERT-v1-95M-1", "MERT-v1-95M-11", 65.869457963),
        ("clap-laion-audio", "clap-laion-music", 1.475600778),
        ("cdpam-acoustic", "cdpam-content", 0.926658390),
        ("dac-44kHz", "clap-2023", 6794.016318),
    ],
)
def test_distances_of_real_covariances_agree_with_other_routes(moments, one, other, distance):
    found = frechet_distance_of_moments(*(moments[f"{name}.{part}"] for name in (one, other) for part in ("mu", "cov")))
    assert found == pytest.approx(distance, abs=1e-7 if distance < 1000 else 1e-5)


OWN_WEIGHTS = weights_folder()  # the person's own: read before every test gets an empty home


def _weights(*names):
    paths = {}
    for name in names:
        from audiogen_cli.evaluation.extractors import cnn14, vggish

        published = vggish.WEIGHTS if name == "vggish" else cnn14.FRONTS[16_000].weights
        paths[name] = OWN_WEIGHTS / published.file
        if not paths[name].exists():
            pytest.skip(f"{paths[name]} is not here; it comes from {published.url}")
    return paths


def _sines(folder, *, count, noise, subtype, rate=16_000, seconds=6):
    """Sines from 100 Hz to 1 kHz with noise, as two published tests write them; their noise has no seed."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for hertz in np.linspace(100, 1000, count):
        sound = np.sin(2 * np.pi * np.linspace(0, seconds, seconds * rate) * hertz)
        if noise:
            sound = sound + rng.normal(0, noise, len(sound)) * np.abs(sound).max()
        whole = (2**15 * sound).astype(np.int64).astype(np.int16)  # their way to 16 bits, which wraps
        soundfile.write(folder / f"sin_{hertz:.0f}.wav", whole, rate, subtype=subtype)


def _figures(folder, reference, weights, metrics, *, paired=True):
    manifest = read_manifest(folder, reference=reference, paired=paired)
    choices = Choices(weights=weights)
    result = evaluate(manifest, choose_metrics(metrics, manifest, choices), choices, FeatureCache(folder=None))
    return {key: figure for key, figure in result["metrics"]["all"]["figures"].items()}


@pytest.mark.weights
@pytest.mark.slow
def test_the_toolkits_example_of_paired_sines(tmp_path):
    """Against `paired_ref.json` of the toolkit's history; nobody has run this here."""
    weights = _weights("vggish", "cnn14")
    _sines(tmp_path / "reference", count=50, noise=0, subtype="PCM_16")
    _sines(tmp_path / "paired", count=50, noise=0.001, subtype="PCM_16")
    found = _figures(tmp_path / "paired", tmp_path / "reference", weights, ["fad", "fd", "kl", "is"])
    expected = {"fad": 25.95, "fd": 72.63, "kl": 4.683, "is": 1.435}
    for key, value in expected.items():
        assert found[key]["value"] == pytest.approx(value, rel=0.05), key
    assert found["kl"]["sigmoid_form"] == pytest.approx(4.060, rel=0.05)


@pytest.mark.weights
@pytest.mark.slow
def test_the_first_fads_example_of_noisy_sines(tmp_path):
    """Against google-research's own figures for VGGish; nobody has run this here."""
    weights = _weights("vggish")
    _sines(tmp_path / "background", count=10, noise=0, subtype="PCM_24")
    for name, noise, distance in (("test1", 1e-4, 12.4375), ("test2", 1e-5, 4.7680)):
        _sines(tmp_path / name, count=5, noise=noise, subtype="PCM_24")
        found = _figures(tmp_path / name, tmp_path / "background", weights, ["fad"], paired=False)
        assert found["fad"]["value"] == pytest.approx(distance, abs=2.0)  # the tolerance of the published test


@pytest.mark.weights
@pytest.mark.slow
def test_real_clips_against_the_statistics_of_a_large_set(fadtk, moments, tmp_path):
    """Against fadtk's table for VGGish; it resamples by another filter, hence the tolerance; nobody has run this."""
    from audiogen_cli.evaluation.extractors.vggish import Vggish

    vggish = Vggish(_weights("vggish")["vggish"])
    expected = {
        row["song_id"].rpartition("/")[2]: float(row["FAD_vggish_fma_pop"])
        for row in csv.DictReader(io.StringIO(fadtk.read("fadtk/test/samples_FAD_scores.csv").decode()))
    }
    patches = {}
    for name in fadtk.namelist():
        if name.endswith(".opus"):
            path = Path(fadtk.extract(name, tmp_path))
            patches[path.stem] = vggish.extract(Clip(path=path, waveform=read_audio(path)))["patches"]

    def against_all(features):
        of_clip = (features.mean(axis=0), np.cov(features, rowvar=False))
        return frechet_distance_of_moments(moments["vggish.mu"], moments["vggish.cov"], *of_clip)

    assert against_all(np.concatenate(list(patches.values()))) == pytest.approx(expected["all"], rel=0.03)
    for name, features in patches.items():
        assert against_all(features) == pytest.approx(expected[name], rel=0.05), name
