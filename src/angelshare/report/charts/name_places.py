"""Places for the names of points, so that they cover neither each other nor the drawing."""

from collections.abc import Sequence
from itertools import pairwise

LONGEST = 24
_LETTER = 7.4  # the width of a letter of a label
_REACH = 13.0  # from a point's centre to its label

Box = tuple[float, float, float, float]
Side = tuple[float, float, str]


def place(x: float, y: float, n_letters: int, taken: Sequence[Box], room: Box) -> tuple[Side, Box]:
    """Return the best place of a label beside its point (x, y, anchor), and the box that it covers there."""
    width = min(n_letters, LONGEST) * _LETTER
    sides: dict[Side, Box] = {}
    for up in (5, 17, -8):
        sides[x + _REACH, y + up, "start"] = (x + _REACH, y + up - 13, x + _REACH + width, y + up + 4)
        sides[x - _REACH, y + up, "end"] = (x - _REACH - width, y + up - 13, x - _REACH, y + up + 4)
    for up in (24, -14):
        sides[x, y + up, "middle"] = (x - width / 2, y + up - 13, x + width / 2, y + up + 4)
    cost = {side: sum(_overlap(box, other) for other in taken) + 3 * _outside(box, room) for side, box in sides.items()}
    best = min(cost, key=lambda side: cost[side])
    return best, sides[best]


def marks(points: Sequence[tuple[float, Sequence[float]]]) -> list[Box]:
    """Return the boxes that points cover, with their seeds."""
    return [(x - 9, min(ys) - 8, x + 9, max(ys) + 8) for x, ys in points]


def along(corners: Sequence[tuple[float, float]], n_pieces: int = 40) -> list[Box]:
    """Return small boxes along a path, to keep labels off it."""
    boxes = []
    for (x0, y0), (x1, y1) in pairwise(corners):
        for k in range(1, n_pieces):
            x, y = x0 + (x1 - x0) * k / n_pieces, y0 + (y1 - y0) * k / n_pieces
            boxes.append((x - 4, y - 3, x + 4, y + 3))
    return boxes


def _overlap(box: Box, other: Box) -> float:
    """Return the area that two boxes share."""
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    return max(width, 0.0) * max(height, 0.0)


def _outside(box: Box, room: Box) -> float:
    """Return the area of a box that lies outside the room."""
    return (box[2] - box[0]) * (box[3] - box[1]) - _overlap(box, room)
