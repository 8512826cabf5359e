"""``python -m app`` and the console command ``youju``."""

from __future__ import annotations

import sys

from errors import YoujuError


def main() -> None:
    """Run the command line; an error of ours is one line on standard error, exit code 1."""
    from app.command_line import application
    from app.options import in_english

    try:
        application()
    except YoujuError as error:
        message = error.english if in_english() else str(error)
        sys.stderr.write(f"✗ {message}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
