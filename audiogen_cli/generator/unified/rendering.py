"""Captions to renderings with a loaded model, batch by batch.

    Caption -> prompt -> text encoder -> content adapter -> length, context
    noise of the item's seed ------------> sampler (DiT) -> latent -> decoder -> Waveform

In: captions and `SamplingOptions`. Out: `Rendering`s, each as long as the model makes it. An item sounds
the same alone, in a batch, or as one of several takes: its noise is its own, masks keep its neighbours
out, and it is decoded by itself.
"""

import logging
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.caption.cleaning import strip_tags
from audiogen_cli.device import choose_device, choose_dtype, is_out_of_memory, release_unused
from audiogen_cli.errors import OutOfMemoryError
from audiogen_cli.generator.base import OnStep, Rendering
from audiogen_cli.generator.unified.batches import EncodedText, Item, Progress, make_batches, pad_contexts
from audiogen_cli.generator.unified.duration import checked_lengths, frame_mask
from audiogen_cli.generator.unified.finite import BrokenAnswerError, blame, check_finite
from audiogen_cli.generator.unified.forms import remark
from audiogen_cli.generator.unified.holding import hold_model
from audiogen_cli.generator.unified.loading import TextParts
from audiogen_cli.generator.unified.model import AudioGenModel
from audiogen_cli.generator.unified.noise import item_noise, published_noise
from audiogen_cli.generator.unified.options import ModelOptions, SamplingOptions
from audiogen_cli.generator.unified.places import Places
from audiogen_cli.generator.unified.sampler import calls, sample
from audiogen_cli.generator.unified.text_encoder import Content
from audiogen_cli.prompt import compose_prompt

logger = logging.getLogger(__name__)

_TEXTS_KEPT = 64
_WORDS_PER_SECOND = 3.5  # brisk speech; more words than that do not fit into the clip
_GB_HELD = {"float32": 9.4, "bfloat16": 5.1, "int8": 3.3}  # network and decoder at the published size


class Renderer:
    """A model on its device, and the texts it has read.

    Raises:
        ModelMissingError: weights that are not those of the model.
        OptionError: options that do not fit the machine.
        OutOfMemoryError: the device does not hold the model.
    """

    def __init__(self, options: ModelOptions, places: Places) -> None:
        self._options, self._places = options, places
        self._device = choose_device(options.device)
        self._dtype = choose_dtype(options.dtype, self._device)
        self._held = hold_model(options, places, self._device, self._dtype)
        self._texts: dict[str, EncodedText] = {}
        self._remarks = [said] if (said := remark(self._dtype, self._device)) else []

    def render(
        self, captions: Sequence[Caption], options: Sequence[SamplingOptions], on_step: OnStep
    ) -> list[Rendering]:
        """Render captions, each with its own options, in their order.

        Raises:
            OutOfMemoryError: even one clip does not fit.
            LengthError, BrokenAnswerError: the model's answer is no clip.
        """
        with torch.inference_mode(), _float32_convolutions(self._device):
            try:
                texts = self._encode([compose_prompt(caption) for caption in captions], on_step)
                items = [Item(*parts) for parts in zip(range(len(captions)), captions, texts, options)]
                renderings = self._render(make_batches(items, self._max_batch()), on_step)
            except BrokenAnswerError as fault:
                raise blame(fault, self._held.suspects()) from fault
        return [renderings[place] for place in range(len(captions))]

    def close(self) -> None:
        """Let go of the weights; nothing can be rendered after."""
        del self._held
        release_unused(self._device)

    def _max_batch(self) -> int:
        """Items that go through the network together.

        One in int8 on a CPU: a batch may round the last digit of a float32 otherwise, and int8 makes a step of that.
        """
        return 1 if (self._dtype, self._device) == ("int8", "cpu") else self._options.max_batch

    def _encode(self, prompts: Sequence[str], on_step: OnStep) -> list[EncodedText]:
        """Prompts one by one, so that a text is the same whatever stands beside it; then T5 may go."""
        new = [prompt for prompt in dict.fromkeys(prompts) if prompt not in self._texts]
        if new:
            on_step(0, 1, "reading the text")
            parts = self._held.text_parts()
            for prompt in new:
                self._texts[prompt] = _encode_prompt(self._held.model, parts, prompt, self._device)
            del parts
            if not self._options.keep_text_encoder:
                self._held.release_text_encoder()
                release_unused(self._device)
        texts = [self._texts[prompt] for prompt in prompts]
        for prompt in list(self._texts)[:-_TEXTS_KEPT]:
            del self._texts[prompt]
        return texts

    def _render(self, batches: list[list[Item]], on_step: OnStep) -> dict[int, Rendering]:
        """Batch after batch; one that does not fit into memory is cut in two and begins again."""
        progress = Progress(on_step, _count_calls(batches))
        renderings: dict[int, Rendering] = {}
        while batches:
            batch = batches.pop(0)
            try:
                latents = self._sample(batch, progress)
                progress.decoding()
                release_unused(self._device)  # what the steps took, before the decoder's weights are read
                sounds = self._decode(batch, latents)
                for sound in sounds:
                    check_finite(sound, "sound")
            except (MemoryError, RuntimeError) as fault:
                if not is_out_of_memory(fault):
                    raise
                batches = [*self._smaller(batch, fault), *batches]
                progress.expect(_count_calls(batches))
                continue
            for item, sound in zip(batch, sounds):
                renderings[item.place] = self._rendering(item, sound, len(batch))
        return renderings

    def _sample(self, batch: Sequence[Item], progress: Progress) -> Tensor:
        held, options = self._held, batch[0].options
        published = options.noise == "published"
        lengths = [item.text.num_frames for item in batch]
        modulation = held.modulation(options)  # before the text is prepared: it may have to read weights
        context, context_mask = pad_contexts([item.text.context for item in batch])
        prepared = held.model.dit.prepare(
            context,
            held.model.time_aligned,
            num_frames=max(lengths),
            latent_mask=None if len(set(lengths)) == 1 else frame_mask(lengths, self._device),
            context_mask=context_mask,
            guided=options.guidance_scale > 1.0,
            isolated=not published,
        )
        draw = published_noise if published else item_noise
        noise = draw([item.options.seed for item in batch], held.model.config.latent_dim, lengths, self._device)
        return sample(
            held.network, noise, prepared, options, modulation=modulation, on_call=progress.on_call(options.steps)
        )

    def _decode(self, batch: Sequence[Item], latents: Tensor) -> list[Tensor]:
        """Each item by itself, so that nothing beyond its end is heard; the published way decodes them together."""
        per_frame = self._places.codec_config.samples_per_latent
        if batch[0].options.noise == "published":
            sounds = self._held.decoder(latents)
            return [sound[: item.text.num_frames * per_frame].cpu() for sound, item in zip(sounds, batch)]
        return [
            self._held.decoder(latent[None, :, : item.text.num_frames])[0].cpu() for latent, item in zip(latents, batch)
        ]

    def _smaller(self, batch: list[Item], fault: BaseException) -> list[list[Item]]:
        """The same items in smaller batches, once memory has run out."""
        release_unused(self._device)
        if len(batch) > 1 and batch[0].options.noise != "published":
            half = (len(batch) + 1) // 2
            logger.info("%d clips at once do not fit into memory, trying %d", len(batch), half)
            return [batch[:half], batch[half:]]
        smaller = [dtype for dtype in ("bfloat16", "int8") if _GB_HELD[dtype] < _GB_HELD[self._dtype]]
        fits = " or ".join(f"--dtype {dtype} (about {_GB_HELD[dtype]:g} GB held)" for dtype in smaller)
        clips = "one clip" if len(batch) == 1 else f"a published batch of {len(batch)} clips"
        raise OutOfMemoryError(
            f"{self._device} does not hold {clips} beside the model in {self._dtype}",
            hint=fits or "--low-memory, or --device cpu",
        ) from fault

    def _rendering(self, item: Item, sound: Tensor, batch_size: int) -> Rendering:
        options, text = item.options, item.text
        waveform = Waveform(sound.float().numpy(), self._places.config.sample_rate)
        return Rendering(
            waveform=waveform,
            notes=(*self._remarks, *_notes(item, waveform.duration_s, batch_size)),
            details={
                **self._places.origins,
                "device": self._device,
                "dtype": self._dtype,
                "network_calls": options.steps - options.zero_init_steps,
                "sigmas": [round(sigma, 6) for sigma in calls(options)],
                "latent_frames": text.num_frames,
                "prompt_tokens": text.context.shape[1],
                "torch": torch.__version__,
            },
        )


def _count_calls(batches: Iterable[Sequence[Item]]) -> int:
    return sum(batch[0].options.steps for batch in batches)


def _encode_prompt(model: AudioGenModel, parts: TextParts, prompt: str, device: str) -> EncodedText:
    tokens = parts.tokenizer([prompt])
    content = parts.encoder(tokens.ids.to(parts.device), tokens.mask.to(parts.device))
    adapted = model.adapt(Content(*(part.to(device) for part in content)))
    num_frames = checked_lengths(adapted.log_duration, model.config)[0]
    num_unknown = parts.tokenizer.count_unknown(strip_tags(prompt))
    return EncodedText(adapted.content, num_frames, tokens.num_cut[0], num_unknown)


def _notes(item: Item, duration_s: float, batch_size: int) -> Iterable[str]:
    if item.text.num_cut:
        yield f"the prompt is {item.text.num_cut} tokens too long for the model, which does not hear its end"
    if item.text.num_unknown:
        yield f"the model's tokenizer does not know {item.text.num_unknown} pieces of the caption; they are lost"
    num_words = len((item.caption.asr or "").split())
    if num_words > duration_s * _WORDS_PER_SECOND:
        needed = num_words / _WORDS_PER_SECOND
        yield (
            f"{num_words} spoken words need about {needed:.0f} s, the model makes {duration_s:.1f} s:"
            " the end will be missing"
        )
    if batch_size > 1 and item.options.noise == "published":
        yield f"published noise: this sound depends on the others of its batch of {batch_size}"


def _float32_convolutions(device: str) -> AbstractContextManager[Any]:
    """cuDNN rounds the factors of float32 convolutions to 10 bits unless it is told not to."""
    if device in ("cpu", "mps"):
        return nullcontext()
    return torch.backends.cudnn.flags(enabled=True, allow_tf32=False)
