"""Names for the arrays that the stages hand down: numbers, whole numbers, yes or no."""

import numpy as np
from numpy.typing import NDArray

Number = NDArray[np.float64]
Single = NDArray[np.float32]
Whole = NDArray[np.int64]
YesNo = NDArray[np.bool_]
