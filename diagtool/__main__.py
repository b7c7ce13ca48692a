"""``python -m diagtool``."""

from diagtool.cli.main import program

if __name__ == "__main__":
    program()
