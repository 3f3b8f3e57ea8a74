"""The language model that turns a text into a vector: MiniLM, read from files that were fetched."""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from search.meaning.wordpiece import WordPieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME = "all-MiniLM-L6-v2, int8"
DIMENSIONS = 384
# What is fetched, file by file: see docs/decisions/0018.
NETWORK, TOKENIZER = "model.onnx", "tokenizer.json"
SHA256 = dict.fromkeys((NETWORK, TOKENIZER), "")
SHA256[NETWORK] = (
    "afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1"  # pragma: allowlist secret
)
SHA256[TOKENIZER] = (
    "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0"  # pragma: allowlist secret
)
# In pieces of words; the model was trained on texts of this length.
LONGEST_TEXT = 256


class Model:
    """Texts to vectors of length 1, one text at a time.

    Never several together: the network scales its small integers over all it is given, so that a
    vector would depend on the texts beside it.
    """

    def __init__(self, folder: Path) -> None:
        """Load the network: some 100 MB, and a third of a second."""
        # Here, so that an installation without the model has neither in its memory.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._pieces = WordPieces(folder / TOKENIZER)
        self._session = onnxruntime.InferenceSession(
            folder / NETWORK, options, providers=["CPUExecutionProvider"]
        )

    def embed(self, text: str) -> NDArray[np.float32]:
        """What a text means."""
        import numpy as np

        numbers = np.array([self._pieces.numbers(text, most=LONGEST_TEXT)], dtype=np.int64)
        given = {
            "input_ids": numbers,
            "attention_mask": np.ones_like(numbers),
            "token_type_ids": np.zeros_like(numbers),
        }
        (hidden,) = self._session.run(None, given)
        mean: NDArray[np.float32] = hidden[0].mean(axis=0)
        return mean / np.linalg.norm(mean)


_loading = threading.Lock()


def current_model() -> Model | None:
    """The model of this installation, loaded once in each process; None where none was fetched."""
    folder = Path(settings.SEARCH_MODEL_DIR)
    if not is_fetched():
        return None
    with _loading:
        return _loaded(folder)


def is_fetched() -> bool:
    """Whether the files are there. Their sums are compared when they are stored."""
    folder = Path(settings.SEARCH_MODEL_DIR)
    return all((folder / name).is_file() for name in SHA256)


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> Model:
    return Model(folder)


def digest() -> str:
    """Which model made a vector: a vector of another one cannot be compared."""
    return hashlib.sha256("".join(SHA256.values()).encode()).hexdigest()[:16]
