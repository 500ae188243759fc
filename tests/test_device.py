"""Devices and precisions by name, on a machine of any kind."""

import pytest
import torch

from audiogen_cli.device import choose_device, choose_dtype, describe_device, read_memory
from audiogen_cli.errors import OptionError


@pytest.fixture
def machine(monkeypatch):
    """Pretend to have some devices."""

    def pretend(*, cuda=0, mps=False, bfloat16=True):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: bfloat16)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return pretend


@pytest.mark.parametrize(
    ("has", "chosen"), [({}, "cpu"), ({"mps": True}, "mps"), ({"cuda": 1}, "cuda"), ({"cuda": 1, "mps": True}, "cuda")]
)
def test_auto_takes_the_quickest_there_is(machine, has, chosen):
    machine(**has)
    assert choose_device("auto") == chosen


def test_what_is_there_may_be_named(machine):
    machine(cuda=2)
    assert [choose_device(name) for name in ("cpu", "cuda", "cuda:1")] == ["cpu", "cuda", "cuda:1"]


@pytest.mark.parametrize(
    ("has", "name", "said"),
    [
        ({}, "cuda", "CUDA"),
        ({}, "mps", "no Apple GPU"),
        ({"cuda": 2}, "cuda:2", "there are 2"),
        ({}, "tpu", "device is 'tpu'"),
        ({"cuda": 1}, "cuda:x", "device is 'cuda:x'"),
        ({}, "cpu:0", "device is 'cpu:0'"),
        ({}, "", "device is ''"),
    ],
)
def test_what_is_not_there_is_said(machine, has, name, said):
    machine(**has)
    with pytest.raises(OptionError, match=said):
        choose_device(name)


def test_auto_precision_is_bfloat16_where_a_gpu_multiplies_it(machine):
    machine(cuda=1)
    assert choose_dtype("auto", "cuda") == "bfloat16"
    machine(cuda=1, bfloat16=False)
    assert choose_dtype("auto", "cuda:0") == "float32"
    assert choose_dtype("auto", "mps") == choose_dtype("auto", "cpu") == "float32"
    assert choose_dtype("int8", "cpu") == "int8"
    with pytest.raises(OptionError, match="float16"):
        choose_dtype("float16", "cuda")


def test_a_device_is_described_with_its_memory():
    memory = read_memory("cpu")
    assert memory is None or 0 < memory.free <= memory.total
    assert describe_device("cpu").startswith("cpu")
