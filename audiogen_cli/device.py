"""Which device computes, in which precision, with how much memory: names in, checked names out.

`auto` is CUDA, then Apple's MPS, then the CPU. torch is imported when a device is chosen, not before.
"""

import sys
from dataclasses import dataclass

from audiogen_cli.errors import OptionError


def choose_device(name: str = "auto") -> str:
    """The device to compute on, as torch writes it.

    Args:
        name: "auto", "cpu", "cuda", "cuda:1" or "mps".

    Raises:
        OptionError: no such device here.
    """
    check_device_name(name)
    import torch

    has_mps = torch.backends.mps.is_available()
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "mps" if has_mps else "cpu"
    kind, _, number = name.partition(":")
    if kind == "cuda" and not torch.cuda.is_available():
        built = "this build of torch knows no CUDA" if torch.version.cuda is None else "torch finds no CUDA device"
        raise OptionError(f"device {name}: {built}", hint="--device cpu")
    if kind == "cuda" and number and int(number) >= torch.cuda.device_count():
        raise OptionError(f"device {name}: there are {torch.cuda.device_count()}, counted from 0")
    if kind == "mps" and not has_mps:
        raise OptionError("device mps: torch finds no Apple GPU", hint="--device cpu")
    return name


def check_device_name(name: str) -> None:
    """Raises `OptionError` for what is no device on any machine."""
    kind, colon, number = name.partition(":")
    if kind not in ("auto", "cpu", "cuda", "mps") or (colon and (kind != "cuda" or not number.isdecimal())):
        raise OptionError(f"device is {name!r}, needs auto, cpu, cuda, cuda:1 or mps")


def choose_dtype(name: str, device: str) -> str:
    """The precision of matrix products: "float32", "bfloat16" or "int8".

    `auto` is bfloat16 on a CUDA device that multiplies it and float32 everywhere else.

    Raises:
        OptionError: an unknown precision.
    """
    if name != "auto":
        if name not in ("float32", "bfloat16", "int8"):
            raise OptionError(f"dtype is {name!r}, needs auto, float32, bfloat16 or int8")
        return name
    if device.startswith("cuda"):
        import torch

        if torch.cuda.is_bf16_supported(including_emulation=False):
            return "bfloat16"
    return "float32"


@dataclass(frozen=True, kw_only=True)
class DeviceMemory:
    """Bytes of a device's memory."""

    free: int
    total: int


def read_memory(device: str) -> DeviceMemory | None:
    """The memory of a device; None where the system does not tell."""
    if device.startswith("cuda"):
        import torch

        free, total = torch.cuda.mem_get_info(device)
        return DeviceMemory(free=free, total=total)
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            values = {key: int(value.split()[0]) * 1024 for key, value in (line.split(":") for line in lines)}
        return DeviceMemory(free=values["MemAvailable"], total=values["MemTotal"])
    except (OSError, KeyError, ValueError):
        return None


def cpu_vendor() -> str | None:
    """Who made the CPU, such as "AuthenticAMD"; None where the system does not tell."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next((line.partition(":")[2].strip() for line in lines if line.startswith("vendor_id")), None)
    except OSError:
        return None


def describe_device(device: str) -> str:
    """A device in words, such as "cuda (NVIDIA H100, 80 GB)"."""
    if device.startswith("cuda"):
        import torch

        properties = torch.cuda.get_device_properties(device)
        return f"{device} ({properties.name}, {properties.total_memory / 1e9:.0f} GB)"
    memory = read_memory(device)
    return f"{device} ({memory.total / 1e9:.0f} GB)" if memory else device


def is_out_of_memory(fault: BaseException) -> bool:
    """Whether an exception says that memory has run out, in any of the words torch has for it."""
    import torch

    if isinstance(fault, (MemoryError, torch.OutOfMemoryError)):
        return True
    said = str(fault).lower()
    return isinstance(fault, RuntimeError) and (
        "out of memory" in said or "can't allocate memory" in said or "not enough memory" in said
    )


def release_unused(device: str) -> None:
    """Give memory that torch or the system's allocator keeps for later back."""
    import torch

    if device.startswith("cuda"):
        torch.cuda.empty_cache()
    elif device == "mps":
        torch.mps.empty_cache()
    elif sys.platform == "linux":
        import ctypes

        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc, which keeps the holes between what stays
        if trim is not None:
            trim(0)
