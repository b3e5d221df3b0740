"""What the interpreter alone costs."""

import time

print(time.monotonic(), flush=True)
