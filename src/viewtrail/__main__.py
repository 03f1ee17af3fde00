"""`python -m viewtrail` is the command `viewtrail`."""

from viewtrail.cli import main

if __name__ == "__main__":
    main()
