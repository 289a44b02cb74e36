"""Pictures composed from packaged art, with questions whose answers follow exactly. See README.md beside this file.

    scenes = Scenes.load(); scene = scenes.draw(rng, 8, 8, "train"); scene.display; scene.labels; scene.ask(rng)
    from data.pictures.render import Renderer
"""

from .ask import Asked
from .display import FIELDS, MAX_ITEMS
from .scene import Scene
from .scenes import Scenes

__all__ = ["FIELDS", "MAX_ITEMS", "Asked", "Scene", "Scenes"]
