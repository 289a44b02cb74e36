"""Speech to train on: utterances synthesised while training runs, and digits spoken by people. See README.md beside this file."""

from .phones import PHONES
from .pool import Clip, Pool

__all__ = ["PHONES", "Clip", "Pool"]
