"""What makes a picture worse, and how much: the weights of the order that boxes are put in.

All are whole numbers, the same on each machine.
"""

CROSSING = 2000
"""Two lines that cross."""

OVERLAP = 6 * CROSSING
"""Lines on top of each other."""

BEND = 100
"""A bend of a line."""

AGAINST = 20 * CROSSING
"""What stands before what it belongs behind."""

UPRIGHT = 550
"""A line within a column."""

TURNED = 250
"""A line that leads to the left: people read the other way."""

FRONT = CROSSING
"""Each box or frame that stands further left, or else above, than what is in front."""

WIDE, TALL, BEYOND = 1400, 750, 50
"""How large a page is inside its margins, and how many pixels more are as bad as a crossing."""

LENGTH, AREA = (250, 3000), (600, 1800)
"""The unit of length and of area, without and with frames, which take up much room.

The units are the side of a square as large as all boxes, and that square.
"""
